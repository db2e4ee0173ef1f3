"""``caseflow match``: the lines of a file that are one person."""

import pytest

LIST = """Surname,Forename,DOB,Who
Example,Jordan,11/03/2009,1
Exampel,Jordan,11/03/2009,1
Somebody,Kim,2001-05-02,2
"""


@pytest.fixture
def people_file(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def test_the_lines_of_one_person_are_named_without_their_names(cli, people_file) -> None:
    ran = cli("match", people_file)
    assert ran.code == 0
    assert "lines 2 and 3" in ran.out and "1 pairs among 3 lines" in ran.out
    assert "Jordan" not in ran.out
    assert "same date of birth" in cli("match", people_file, "--reasons").out


def test_precision_and_recall_are_printed_where_a_column_knows(cli, people_file) -> None:
    ran = cli("match", people_file, "--same", "Who", "--json")
    assert (ran.json["precision"], ran.json["recall"], ran.json["there"]) == (1.0, 1.0, 1)


def test_a_heading_nobody_knows_can_be_said(cli, tmp_path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(LIST.replace("Surname,Forename", "Nom,Prénom"), encoding="utf-8")
    assert "Say which column holds the name" in cli("match", path).err
    ran = cli("match", path, "--column", "Nom=name", "--column", "Prénom=name")
    assert "lines 2 and 3" in ran.out


@pytest.mark.parametrize("name", ["dataset1", "dataset3"])
def test_febrl(cli, shared_data, name: str) -> None:
    """FEBRL's own lists, without soc_sec_id (it is no column the command knows)."""
    ran = cli("match", shared_data / "duplicates" / f"{name}.csv", "--json")
    assert ran.json["precision"] >= 0.99
    assert ran.json["recall"] >= 0.98
