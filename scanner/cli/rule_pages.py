"""Pages about rules, made from the rule files and from nothing else, so that they cannot go stale."""

from collections.abc import Iterable, Iterator

from scanner.evaluation.rule import Rule
from scanner.evaluation.vocabulary import Vocabulary, load_vocabulary


def pages(rules: Iterable[Rule]) -> str:
    """Markdown for all of these rules: a table to find them by, then a section for each."""
    rules = list(rules)
    known = load_vocabulary()
    head = [
        "# Rules",
        "",
        f"{len(rules)} rules, the worst first. Made from the rule files by `make docs`; do not edit.",
        f"Techniques are those of MITRE ATT&CK {known.attack_version}.",
        "",
        "| rule | severity | holds when |",
        "|---|---|---|",
        *(f"| [`{rule.id}`](#{rule.id}) | {rule.severity} | {rule.title} |" for rule in rules),
        "",
    ]
    return "\n".join(head) + "\n" + "\n".join(page(rule) for rule in rules)


def page(rule: Rule) -> str:
    """Markdown for one rule."""
    return "\n".join((f"## {rule.id}", "", *_body(rule, load_vocabulary()), ""))


def _body(rule: Rule, known: Vocabulary) -> Iterator[str]:
    yield f"**{rule.title}**"
    yield ""
    yield f"Severity {rule.severity}, confidence {rule.confidence}; judges `{rule.kind}`; since {rule.since}."
    yield ""
    yield rule.why.strip()
    if rule.fix:
        yield from ("", f"**Next step:** {rule.fix.strip()}")
    if rule.params:
        yield ""
        yield from (f"- parameter `{name}` ({p.type}, default `{p.default}`)" for name, p in rule.params.items())
    yield ""
    yield from (f"- ATT&CK {each.technique} {each.name}: {each.how}" for each in rule.attack)
    yield from (f"- {_framework(key, known)}: {', '.join(ids)}" for key, ids in rule.controls.items())
    yield from (f"- <{reference}>" for reference in rule.references)


def _framework(key: str, known: Vocabulary) -> str:
    framework = known.frameworks[key]
    return f"{framework.title} {framework.version}".strip()
