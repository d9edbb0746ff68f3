"""Nothing that a person gave is readable in the sandbox's database files."""

from __future__ import annotations

import base64

from bot.imss.models import RegistrationChange
from tests.imss.contract.conftest import new_key
from tests.imss.made_up import new_person
from tests.imss.sandbox_process import Sandbox


def test_nothing_of_a_person_is_in_clear(sandbox: Sandbox) -> None:
    person, client = new_person(), sandbox.client()
    folio = client.register(person.request(), new_key()).folio
    line = client.issue_capture_line(folio, new_key())
    client.change_registration(folio, RegistrationChange(occupation="Albañilería"), new_key())
    content = b"".join(
        path.read_bytes() for path in sandbox.database.parent.glob("imss-sandbox.db*")
    )
    assert folio.encode() in content, "the search would find something"
    assert line.capture_line.encode() in content
    # None so short that it may be found by chance in digests or in what is encrypted.
    secrets = (
        *(person.curp, person.nss, person.full_name, "Xóchitl", "3125550123"),
        *("inventada@example.org", "Calle que no existe", "Colonia de Ejemplo"),
        *("Jardinería", "Albañilería", "12345.67", str(line.amount), '"kinship"', '"webchat"'),
    )
    for secret in secrets:
        for written in (secret, secret.encode("unicode_escape").decode("ascii")):
            assert written.encode() not in content, secret
        encoded = base64.b64encode(secret.encode())[:-4]
        assert len(encoded) < 8 or encoded not in content, secret
