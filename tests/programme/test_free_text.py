"""Municipality, neighbourhood, street and occupation."""

from __future__ import annotations

import pytest

from bot.programme.field_text import Problem
from bot.programme.free_text import (
    read_municipality,
    read_neighbourhood,
    read_occupation,
    read_street,
)

READERS = {
    "municipality": read_municipality,
    "neighbourhood": read_neighbourhood,
    "street": read_street,
    "occupation": read_occupation,
}
READ = [
    ("municipality", "Zapopan", "Zapopan"),
    ("municipality", "municipio de zapopan", "Zapopan"),
    ("municipality", "ZAPOPAN", "Zapopan"),
    ("municipality", "Alcaldía Coyoacán", "Coyoacán"),
    ("municipality", "Es en San Pedro Tlaquepaque", "San Pedro Tlaquepaque"),
    ("municipality", "Zapopan, Jal.", "Zapopan, Jal."),
    ("municipality", "José María Morelos", "José María Morelos"),
    ("municipality", "Encarnación de Díaz", "Encarnación de Díaz"),
    ("municipality", "Zapopan 😀", "Zapopan"),
    ("municipality", "Dr. Mora", "Dr. Mora"),
    ("neighbourhood", "Col. Centro", "Centro"),
    ("neighbourhood", "colonia 5 de Mayo", "5 de Mayo"),
    ("neighbourhood", "la colonia es Las Flores", "Las Flores"),
    ("neighbourhood", "Lomas\nVerdes", "Lomas Verdes"),
    ("neighbourhood", "rancho El Ñandú", "Rancho El Ñandú"),
    ("street", "Av. Juárez #123 int. 4-B", "Av. Juárez #123 int. 4-B"),
    ("street", "calle 5 de mayo 12", "Calle 5 de mayo 12"),
    ("street", "vivo en Hidalgo 5", "Hidalgo 5"),
    ("street", "Hidalgo s/n", "Hidalgo s/n"),
    ("street", "domicilio conocido", "Domicilio conocido"),
    ("street", "Mz 4 Lt 5", "Mz 4 Lt 5"),
    ("street", "12 A", "12 A"),
    ("street", "Ｈｉｄａｌｇｏ １２", "Hidalgo 12"),
    ("street", "Calle O'Higgins 7 (esquina)", "Calle O'Higgins 7 (esquina)"),
    ("occupation", "trabajo de cocinero", "Cocinero"),
    ("occupation", "soy albañil", "Albañil"),
    ("occupation", "limpio casas", "Limpio casas"),
    ("occupation", "I work in construction", "Construction"),
    ("occupation", "I'm a roofer", "Roofer"),
    ("occupation", "me dedico a la jardinería", "Jardinería"),
    ("occupation", "CONSTRUCCIÓN", "Construcción"),
]
REFUSED = [
    ("municipality", "hola", "not_a_value"),
    ("municipality", "cancelar", "not_a_value"),
    ("municipality", "12345", "not_a_value"),
    ("municipality", "a" * 61, "too_long"),
    ("municipality", "Zapopan <b>", "markup"),
    ("municipality", "Запопан", "other_alphabet"),
    ("municipality", "Zapopan Запопан", "other_alphabet"),
    ("municipality", "no sé", "not_known"),
    ("neighbourhood", "1' OR '1'='1", "markup"),
    ("neighbourhood", "ana@example.com", "markup"),
    ("street", "Hidalgo", "number_missing"),
    ("street", "5", "not_a_value"),
    ("street", "Hidalgo 5; DROP TABLE x", "markup"),
    ("street", "H" * 121, "too_long"),
    ("street", "¿la de aquí o la de allá?", "question"),
    ("occupation", "nada", "not_a_value"),
    ("occupation", "no", "not_a_value"),
    ("occupation", "{{7*7}}", "markup"),
]


@pytest.mark.parametrize(("field", "text", "value"), READ)
def test_read(field: str, text: str, value: str) -> None:
    assert READERS[field](text) == value


@pytest.mark.parametrize(("field", "text", "code"), REFUSED)
def test_refused(field: str, text: str, code: str) -> None:
    problem = READERS[field](text)
    assert isinstance(problem, Problem), problem
    assert problem.code == code


def test_a_street_without_number_is_kept_once_that_was_asked() -> None:
    problem = read_street("Hidalgo")
    assert isinstance(problem, Problem)
    assert read_street(problem.detail["written"], number_asked=True) == "Hidalgo"
