"""The stacks nested in a stack: what they are given from above, and what they give back."""

from collections.abc import Mapping

from scanner.estate.schemas import nearest
from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.checking import Entry
from scanner.sources.cloudformation.conditions import bare
from scanner.sources.cloudformation.functions import NO_VALUE
from scanner.sources.cloudformation.nested import check_passed, child_of, deployment_of, parameter_text
from scanner.sources.cloudformation.resolution import Resolution, Surroundings
from scanner.sources.cloudformation.scope import Scope
from scanner.sources.cloudformation.sections import Sections, read_sections
from scanner.sources.cloudformation.texts import as_text
from scanner.sources.cloudformation.values import Values

STACK = "AWS::CloudFormation::Stack"
OUTPUTS = "Outputs."


def child(stack: Resolution, entry: Entry) -> Resolution | str:
    """The stack that a resource of type `AWS::CloudFormation::Stack` nests, or why its template is not at hand.

    Raises `InvalidInputError` for a template that cannot be used, and for parameters that it does not take.
    """
    if entry.name not in stack.children:
        stack.children[entry.name] = _opened(stack, entry)
    return stack.children[entry.name]


def output_of(stack: Resolution, entry: Entry, name: str, scope: Scope) -> Value:
    """An output of a nested stack. Raises `InvalidInputError` for one that its template does not declare."""
    nested = child(stack, entry)
    if isinstance(nested, str):
        return Unknown(f"output {name[:255]} of nested stack {entry.name}: {nested}")
    output = nested.outputs.get(name)
    if output is None:
        if nested.is_open:
            return Unknown(f"nested stack {entry.name} declares no output {name[:255]}; a macro may")
        raise scope.error(f"nested stack {entry.name} has no output {name[:255]}", hint=nearest(name, nested.outputs))
    exists = nested.exists(output)
    if isinstance(exists, Unknown):
        return exists
    value = nested.output(output) if exists else NO_VALUE
    return stack.doubt(scope, f"nested stack {entry.name} gives no {name} in this case") if value is NO_VALUE else value


def passed_on(stack: Resolution, entry: Entry) -> Mapping[str, str]:
    """The parameters of a nested stack that are nothing but an undecided parameter of this one, and which that is."""
    written = entry.value.get("Properties", {}).get("Parameters")
    if not isinstance(written, dict):
        return {}
    scope = entry.scope.at("Properties").at("Parameters")
    names = {scope.filled(name): bare(value, scope.at(name), stack.parameters) for name, value in written.items()}
    return {name: other for name, other in names.items() if other and not stack.parameters[other].is_secret}


def _opened(stack: Resolution, entry: Entry) -> Resolution | str:
    properties = stack.properties(entry)
    if isinstance(properties, Unknown):
        return properties.reason
    scope = entry.scope.at("Properties")
    found = child_of(properties.get("TemplateURL"), stack.deployment, stack.around.ancestors, scope.at("TemplateURL"))
    if isinstance(found, str):
        return found
    written = properties.get("Parameters", {})
    if not isinstance(written, dict):
        return f"what it is given is not known: {written.reason if isinstance(written, Unknown) else 'no mapping'}"
    stack.work.enter_stack(scope)
    sections = read_sections(found.source)
    from_above = passed_on(stack, entry)
    given = _given(stack, entry, sections, written, from_above)
    undecided = {name: other in stack.left_open for name, other in from_above.items() if other in stack.undecided}
    deployment = deployment_of(stack.deployment, entry.name, found.source, given)
    around = Surroundings(stack.around.exports, stack.work, (*stack.around.ancestors, found.file))
    nested = Resolution(sections, Values(sections.parameters, deployment, given, undecided), around)
    # Resources in the order in which they need each other: outputs may be at the end of a long chain.
    nested.complete()
    return nested


def _given(
    stack: Resolution, entry: Entry, sections: Sections, written: Mapping[str, Value], from_above: Mapping[str, str]
) -> dict[str, str | Unknown]:
    """The values of a nested stack's parameters, checked. One that is refused in this case only is not known."""
    scope = entry.scope.at("Properties").at("Parameters")
    texts = {name: parameter_text(value, scope.at(name)) for name, value in written.items()}
    texts |= {name: stack.parameter_text(parameter) for name, parameter in from_above.items()}
    given = {name: text for name, text in texts.items() if text is not None}
    check_passed(sections.parameters, given, scope)
    literal = entry.value.get("Properties", {}).get("Parameters") or {}
    for name, text in given.items():
        problem = sections.parameters[name].problem_with(text) if isinstance(text, str) else ""
        if problem and as_text(literal.get(name)) is not None:
            raise scope.at(name).error(problem)
        if problem:
            given[name] = stack.doubt(scope.at(name), problem)
    return given
