"""Verdicts as a JUnit report, which every CI server can show."""

from collections.abc import Sequence

from lxml import etree

from adapter.cli.say import printable
from adapter.cli.verdicts import Judged
from adapter.findings import Finding, Severity


def report(every: Sequence[Judged], system: str) -> bytes:
    """One test case for each file: an error is a failure, what is undecided an error, the rest is told beside it."""
    suite = etree.Element("testsuite", name=f"eodes validate {system}", tests=str(len(every)))
    counts = {"failure": 0, "error": 0}
    for each in every:
        case = etree.SubElement(suite, "testcase", name=printable(each.file), classname=system)
        for finding in each.findings:
            kind = _kind(finding, each.strict)
            said = printable(str(finding))
            if kind:
                etree.SubElement(case, kind, type=finding.code, message=printable(finding.message)).text = said
        told = [printable(str(finding)) for finding in each.findings if not _kind(finding, each.strict)]
        if told:
            etree.SubElement(case, "system-out").text = "\n".join(told)
        for kind in counts:
            counts[kind] += case.find(kind) is not None
    suite.set("failures", str(counts["failure"]))
    suite.set("errors", str(counts["error"]))
    return etree.tostring(suite, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _kind(finding: Finding, strict: bool) -> str | None:
    if finding.severity is Severity.ERROR or (strict and finding.severity is Severity.WARNING):
        return "failure"
    return "error" if finding.severity is Severity.UNDECIDED else None
