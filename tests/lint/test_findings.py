from app.lint import Finding, grouped


def test_findings_of_one_problem_are_one_line_where_they_are_many() -> None:
    many = [Finding("error", f"entry-{number}.answer", "has no seal") for number in range(9)]
    [line] = grouped(many)
    assert line.startswith("error: entry-0.answer, entry-1.answer, ")
    assert line.endswith(" and 4 more: has no seal")


def test_few_findings_and_those_of_another_level_stay_apart() -> None:
    findings = [Finding("error", f"{number}", "is odd") for number in range(5)]
    findings.append(Finding("warning", "5", "is odd"))
    assert list(grouped(findings)) == list(map(str, findings))
