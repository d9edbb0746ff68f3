"""The fields that a text names, and whether it corrects one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.field_names import fields_named, is_correction
from bot.programme.registration_fields import FIELDS
from bot.programme.table_files import table
from tests.programme.field_examples import EMPTY, HOSTILE, NO_TEXT, OTHER_ALPHABETS, TOO_LONG

ADDRESS = ("postal_code", "municipality", "neighbourhood", "street")
NAMED: list[tuple[str, tuple[str, ...]]] = [
    ("mi correo", ("email",)),
    ("el número de seguro", ("nss",)),
    ("numero de seguro social", ("nss",)),
    ("el nombre", ("name",)),
    ("mi apellido está mal", ("name",)),
    ("teléfono", ("phone",)),
    ("mi celular", ("phone",)),
    ("calle", ("street",)),
    ("el nombre de la calle", ("street",)),
    ("cada cuánto pago", ("period",)),
    ("my email", ("email",)),
    ("my e-mail address", ("email",)),
    ("my income", ("income",)),
    ("a quién cubre", ("beneficiaries",)),
    ("who is covered", ("beneficiaries",)),
    ("la CURP", ("curp",)),
    ("mi fecha de nacimiento", ("curp",)),
    ("código postal", ("postal_code",)),
    ("zip code", ("postal_code",)),
    ("el municipio", ("municipality",)),
    ("la colonia", ("neighbourhood",)),
    ("mi dirección", ADDRESS),
    ("my address", ADDRESS),
    ("la dirección de correo", ("email",)),
    ("de quién es la dirección", ("address_of",)),
    ("mi ocupación", ("occupation",)),
    ("lo de la frontera", ("zone",)),
    ("lo de infonavit", ("infonavit",)),
    ("mi correo y mi teléfono", ("email", "phone")),
    ("el teléfono y el correo y otra vez el teléfono", ("phone", "email")),
    ("mi correo es calle@x", ("email", "street")),
    ("mi número de folio", ()),
    ("hola", ()),
]
CORRECTIONS = [
    "me equivoqué",
    "me equivoque en mi correo, es con z",
    "ekiboke",
    "está mal",
    "corrijo: es 12",
    "quiero corregir mi nombre",
    "cambiar mi teléfono",
    "¿Puedo cambiar mi correo?",
    "puse mal la curp",
    "no es 1974, es 1947",
    "no era 700 era 900 lo que gano",
    "perdon era 44 no 45 en el codigo postal",
    "no soy jardinero soy albañil",
    "es López no Lopes",
    "I made a mistake",
    "wrong zip, its 42060",
    "change my address",
    "actually my email is ana@x.com",
    "it's 44 not 45",
    "i said monthly but i want every two months",
    "quise decir Zapopan",
]
NO_CORRECTIONS = [
    "mi correo",
    "Morelos 12, Centro, Morelia",
    "gano 500 a la semana",
    "no sé",
    "no tengo",
    "no",
    "sí, es correcto",
    "es mía",
    "mi esposa y 2 hijos, uno de 8 y el otro no estudia",
    "soy cocinero y no tengo patron",
    "my wife and two kids",
    "Calle Corregidora 5",
    "every two months",
]


@pytest.mark.parametrize(("text", "fields"), NAMED)
def test_fields_named(text: str, fields: tuple[str, ...]) -> None:
    assert fields_named(text) == fields


@pytest.mark.parametrize("text", CORRECTIONS)
def test_corrections(text: str) -> None:
    assert is_correction(text)


@pytest.mark.parametrize("text", NO_CORRECTIONS)
def test_no_corrections(text: str) -> None:
    assert not is_correction(text)


def test_every_field_has_names_but_the_one_that_is_only_agreed_to() -> None:
    named = {field for names in table("field_names")["fields"] for field in names.split()}
    assert named == {*FIELDS} - {"curp_confirmed"}


NLU = Path("data/nlu")


def _examples(name: str, intents: set[str]) -> list[str]:
    blocks = yaml.safe_load((NLU / f"{name}.yml").read_text(encoding="utf-8"))["nlu"]
    return [
        line.removeprefix("- ")
        for block in blocks
        if block.get("intent") in intents
        for line in block["examples"].splitlines()
    ]


def test_most_of_what_the_classifier_learns_as_a_correction_is_one() -> None:
    said = _examples("registration", {"correct_detail"})
    assert len(said) > 100
    assert sum(map(is_correction, said)) > 0.85 * len(said)


@pytest.mark.parametrize("text", [*EMPTY, *NO_TEXT, *OTHER_ALPHABETS, *TOO_LONG, *HOSTILE])
def test_nothing_from_what_is_no_text(text: str) -> None:
    assert fields_named(text) == ()
    assert not is_correction(text)


_WORDS = "no es era y mi correo el 1974 not its puse pero soy cambiar wrong"
PIECES = st.sampled_from(_WORDS.split(" "))
ANY_TEXT = st.one_of(st.text(max_size=2000), st.lists(PIECES, max_size=300).map(" ".join))


@settings(max_examples=200, deadline=None)
@given(ANY_TEXT)
def test_never_raises(text: str) -> None:
    assert set(fields_named(text)) <= {*FIELDS}
    assert is_correction(text) in (True, False)


@given(st.sampled_from([text for text, fields in NAMED if fields]), st.sampled_from(CORRECTIONS))
def test_a_field_is_found_beside_a_correction(name: str, correction: str) -> None:
    text = f"{name}; {correction}"
    assert is_correction(text)
    assert set(fields_named(name)) <= set(fields_named(text))
