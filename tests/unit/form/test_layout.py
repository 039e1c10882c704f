"""The page follows contract and plan, and a plan that does not fit is refused where it is wrong."""

from __future__ import annotations

import pytest
import yaml

from orchestration.feeds import contract as contracts
from orchestration.form import layout as layouts
from orchestration.form.judge import judge
from orchestration.form.layout import FormError, load_layout
from orchestration.settings import PROJECT, Settings

PLAN = (PROJECT / "data" / "form.yml").read_text(encoding="utf-8")


@pytest.fixture
def own(settings: Settings, tmp_path, monkeypatch) -> Settings:
    """A platform whose data are a copy that a test may change: form, contract of C07, code lists."""
    data = tmp_path / "data"
    for name in ("form.yml", "contracts/c07_spot_checks.yml", "reference/code_lists.csv", "jurisdiction.yml"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes((PROJECT / "data" / name).read_bytes())
    monkeypatch.setattr(Settings, "canonical", property(lambda _: data))
    contracts._load.cache_clear()
    yield settings
    contracts._load.cache_clear()


def test_every_column_stands_on_the_page_once_and_departments_also_with_the_items(settings: Settings):
    layout = load_layout(settings)
    names = [entry.name for entry in (*layout.visit, *layout.item)] + [layout.correction.name]
    assert sorted(names) == sorted([*layout.columns, *layout.plan.also_item])
    assert {entry.name for entry in layout.visit if entry.required} >= {"enterprise_id", "task_id", "checked_on"}
    assert not any(entry.folded and entry.required for entry in (*layout.visit, *layout.item))
    assert [entry.required for entry in layout.item if entry.name in layout.plan.also_item] == [False]


@pytest.mark.parametrize("name", [path.name for path in sorted((PROJECT / "data" / "jurisdictions").iterdir())])
def test_other_jurisdictions_have_the_form_without_a_file_of_their_own(tmp_path, name):
    settings = Settings(home=tmp_path, jurisdiction=name)
    layout = load_layout(settings)
    assert layout.contract == contracts.load_contract(settings, layout.plan.feed)
    judged = judge(settings, layout, "2014-05", [{"task_id": "1", "item": "x", "checked_on": "2014-05-02"}])
    constants = {column.name: column.constant for column in layout.contract.columns if column.constant}
    assert judged.rows.select(list(constants)).row(0, named=True) == constants


def test_options_of_a_column_mapped_by_text_are_texts_and_of_others_codes(settings: Settings):
    layout = load_layout(settings)
    assert [option.value for option in layout.entry("check_kind").options] == ["1", "2", "3", "4", "5"]
    assert layout.entry("result").options[0].value == layout.entry("result").options[0].zh == "未发现问题"


def test_a_column_that_the_contract_gets_later_stands_on_the_page(own: Settings):
    path = own.canonical / "contracts" / "c07_spot_checks.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    later = [
        {"name": "weather", "national": "WEATHER", "zh": "天气", "type": "text", "doc": "Weather"},
        {"name": "witness", "national": "WITNESS", "zh": "见证人", "type": "integer", "required": True, "doc": "Count"},
    ]
    path.write_text(yaml.safe_dump(content | {"columns": [*content["columns"], *later]}, allow_unicode=True), "utf-8")
    entries = {entry.name: entry for entry in load_layout(own).item}
    assert (entries["weather"].folded, entries["weather"].kind) == (True, "text")
    assert (entries["witness"].folded, entries["witness"].kind) == (False, "number")  # what must be given is not hidden


def test_a_contract_that_marks_corrections_by_a_column_it_does_not_have_is_refused(own: Settings):
    path = own.canonical / "contracts" / "c07_spot_checks.yml"
    path.write_text(path.read_text("utf-8").replace("corrects: correction_reason", "corrects: why"), "utf-8")
    with pytest.raises(contracts.ContractError, match="repair_ref or corrects names the column 'why'"):
        load_layout(own)


def test_a_choice_that_the_code_list_gets_later_is_offered(own: Settings):
    path = own.canonical / "reference" / "code_lists.csv"
    path.write_text(path.read_text("utf-8") + "check_kinds,6,夜查,night check,\n", "utf-8")
    assert load_layout(own).entry("check_kind").options[-1] == layouts.Option("6", "夜查", "night check")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("correction: correction_reason", "correction: plan_id", r"form.yml:\d+: the contract .* marks corrections by"),
        ("visit_number: visit_id", "visit_number: visit", r"form.yml:\d+: visit_number names the column 'visit'"),
        ("item: [item,", "item: [task_id, item,", r"form.yml:\d+: the column 'task_id' is placed twice"),
        ("also_item: [authority_code]", "also_item: [result]", r"form.yml:\d+: 'result' is not asked for the visit"),
        ("items_at_first: 3", "items_at_first: 0", r"form.yml:\d+: items_at_first: .* greater than or equal to 1"),
        ("items_at_first: 3", "items_at_first: 99", r"form.yml:\d+: more items at first than at most"),
        ("feed: c07_spot_checks", "feed: c99_none", "does not receive 'c99_none'"),
        ("items_at_most: 60", "colour: red", r"items_at_most|colour"),
        ("visit: [", "visit: [[", "not valid YAML"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_with_file_line_and_cure(own: Settings, old, new, said):
    assert old in PLAN
    (own.canonical / "form.yml").write_text(PLAN.replace(old, new, 1), "utf-8")
    with pytest.raises(FormError, match=said) as refused:
        load_layout(own)
    assert str(own.canonical) in str(refused.value) and str(refused.value).endswith(".")


def test_a_jurisdiction_without_the_file_is_told(own: Settings):
    (own.canonical / "form.yml").unlink()
    with pytest.raises(FormError, match="the file is missing"):
        load_layout(own)
