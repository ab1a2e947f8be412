"""Where Rust code can be broken, and how: the mutants of `.ci/mutants`.

They are those of `cargo mutants`: an operator is another one, a `!` is not there, a guard of a match always holds or never does, an
arm of a match that has a last one for all the rest is not there, nor a field that a struct would take from another one, and a
function does nothing but answer with a plain value of its type. Code within macros and tests stays as it is. It is found in the text,
which rustfmt has laid out: an operator between two values has a space on both sides, one before a value has none behind it.
"""

import itertools
import re

NO_CODE = re.compile(r"""//[^\n]*|/\*.*?\*/|b?r(\#*)".*?"\1|b?"(?:\\.|[^"\\])*"|b?'(?:\\[^']+|[^'\\])'""", re.DOTALL)
OPERATORS = {
    "==": ["!="],
    "!=": ["=="],
    "&&": ["||"],
    "||": ["&&"],
    "<": ["==", ">", "<="],
    ">": ["==", "<", ">="],
    "<=": [">"],
    ">=": ["<"],
    "+": ["-", "*"],
    "-": ["+", "/"],
    "*": ["+", "/"],
    "/": ["%", "*"],
    "%": ["/", "+"],
    "<<": [">>"],
    ">>": ["<<"],
    "&": ["|", "^"],
    "|": ["&", "^"],
    "^": ["|", "&"],
    "+=": ["-=", "*="],
    "-=": ["+=", "/="],
    "*=": ["+=", "/="],
    "&=": ["|="],
    "|=": ["&="],
}
BINARY = re.compile(r"(?<=\s)(" + "|".join(re.escape(one) for one in sorted(OPERATORS, key=len, reverse=True)) + r")(?=\s)")
BRACKETS = {"(": ")", "[": "]", "{": "}"}
MOST_VALUES = 12


class Mutant:
    """One place, and what stands there instead."""

    def __init__(self, source, function, start, end, what, replacement):
        self.source, self.function = source, function
        self.start, self.end, self.replacement = start, end, replacement
        self.path, self.first, self.last = source.path, source.line_of(start), source.line_of(end)
        self.code = source.line(self.first)
        self.what = what + (f" in {function.name}" if function else "")
        column = start - source.lines[self.first - 1] + 1
        self.name = f"{self.path}:{self.first}:{column}: {self.what}"
        self.number = 0


class Function:
    def __init__(self, name, answer, body, end):
        """`body` is behind its opening brace, `end` behind its closing one."""
        self.name, self.answer, self.body, self.end = name, answer, body, end


class Source:
    """A file's text, and the same without what is no code, at the same places."""

    def __init__(self, path, text):
        self.path, self.text = path, text
        self.code = NO_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
        self.lines = [0]
        for line in text.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.partner = self.pairs()
        self.left_out = self.without_mutants()
        self.functions = list(self.all_functions())

    def line_of(self, place):
        return next(number for number, start in enumerate(self.lines) if start > place)

    def line(self, number):
        return self.text[self.lines[number - 1] : self.lines[number]].strip()

    def pairs(self):
        """Where the partner of each bracket stands."""
        partner, open_ones = {}, []
        for found in re.finditer(r"[][(){}]", self.code):
            if found.group() in BRACKETS:
                open_ones.append(found.start())
            elif open_ones:
                partner[open_ones[-1]] = found.start()
                partner[found.start()] = open_ones.pop()
        return partner

    def without_mutants(self):
        """Macros, attributes, tests and what is built elsewhere only."""
        parts = []
        for found in re.finditer(r"\w!\s*(?=[(\[{])|#!?(?=\[)", self.code):
            parts.append((found.start(), self.partner.get(found.end(), found.end())))
        for found in re.finditer(r"#\[(?:test|cfg\((?:test|windows|not\(unix\)|target_os = \"(?:windows|macos)\")\))\]", self.text):
            end = re.compile(r"[{;]").search(self.code, found.end())
            if end:
                parts.append((found.start(), self.partner.get(end.start(), end.start())))
        return parts

    def is_left_out(self, place):
        return any(start <= place <= end for start, end in self.left_out)

    def at_top(self, start, end, wanted):
        """The first of these letters, or texts, that is in no bracket opened behind `start`; `end` where there is none."""
        place = start
        while place < end:
            if found := wanted.match(self.code, place):
                return found.start()
            place = self.partner[place] + 1 if self.code[place] in BRACKETS and self.partner.get(place, -1) > place else place + 1
        return end

    def all_functions(self):
        of_types = []
        for found in re.finditer(r"^ *(?:impl|trait)\b([^;{]*?)(\bwhere\b[^{]*)?\{", self.code, re.MULTILINE):
            name = re.sub(r"^<.*?>(?= )", "", found[1].strip()).split(" for ")[-1]
            of_types.append((found.start(), self.partner[found.end() - 1], re.sub(r"<.*", "", name).strip()))
        for found in re.finditer(r"\bfn (\w+)", self.code):
            brace = self.at_top(found.end(), len(self.code), re.compile(r"[{;]"))
            if self.is_left_out(found.start()) or brace == len(self.code) or self.code[brace] != "{":
                continue
            head = self.text[found.end() : brace]
            answer = re.split(r"\bwhere\b", head[self.answer_at(found.end(), brace) :])[0].strip()
            around = [name for start, end, name in of_types if start < found.start() < end]
            name = "::".join([*around[-1:], found[1]])
            yield Function(name, answer, brace + 1, self.partner[brace] + 1)

    def answer_at(self, start, brace):
        """Where `->` stands behind the parameters."""
        parameters = self.at_top(start, brace, re.compile(r"\("))
        arrow = self.code.find("->", self.partner.get(parameters, brace), brace)
        return (brace if arrow < 0 else arrow) - start

    def function_at(self, place):
        around = [one for one in self.functions if one.body <= place < one.end]
        return max(around, key=lambda one: one.body) if around else None

    # ── the mutants ──

    def mutants(self):
        self.patterns = [(found.start(), found.end()) for found in re.finditer(r"\blet [^=]*", self.code)]
        found = [*self.matches(), *self.operators(), *self.fields(), *self.values()]
        found = [one for one in found if not self.is_left_out(one.start)]
        return sorted(found, key=lambda one: (one.start, one.end, one.replacement))

    def mutant(self, start, end, what, replacement):
        return Mutant(self, self.function_at(start), start, end, what, replacement)

    def operators(self):
        for found in BINARY.finditer(self.code):
            if found[1] in "|&" and any(start <= found.start() < end for start, end in self.patterns):
                continue
            if found[1] == "||" and self.code[: found.start()].rstrip()[-1] in "=(,{;":
                continue  # A closure without arguments.
            here = self.function_at(found.start())
            # Outside of functions: in a constant, not in a bound of a type.
            if not here and not self.constant_at(found.start()):
                continue
            for other in OPERATORS[found[1]]:
                yield self.mutant(found.start(), found.end(), f"replace {found[1]} with {other}", other)
        for found in re.finditer(r"(?<![\w#])!(?=[\w(*&!])|(?<=[\s(\[])-(?=[\w(])", self.code):
            if self.function_at(found.start()):
                yield self.mutant(found.start(), found.end(), f"delete {found.group()}", "")

    def constant_at(self, place):
        """The constant, if it is one outside of functions, in whose value this place lies: its name, where it starts and ends."""
        start = max(self.code.rfind(letter, 0, place) for letter in ";{}") + 1
        found = re.compile(r"\s*(?:pub(?:\(\w+\))? )?const (\w+): [^=]*=").match(self.code, start)
        return (found[1], found.end(), self.code.index(";", place)) if found and found.end() <= place else None

    def matches(self):
        for found in re.finditer(r"\bmatch\b", self.code):
            brace = self.at_top(found.end(), len(self.code), re.compile(r"\{"))
            if not self.function_at(found.start()) or brace not in self.partner:
                continue
            arms = list(self.arms(brace + 1, self.partner[brace]))
            has_last = any(self.code[start:arrow].strip() == "_" for start, arrow, _ in arms)
            for start, arrow, end in arms:
                guard = self.at_top(start, arrow, re.compile(r"\bif\b"))
                pattern = self.text[start:guard].strip()
                self.patterns.append((start, guard))
                if guard < arrow:
                    condition = guard + 3
                    stop = condition + len(self.code[condition:arrow].rstrip())
                    said = re.sub(r"\s+", " ", self.text[condition:stop])
                    for value in ("true", "false"):
                        yield self.mutant(condition, stop, f"replace match guard {said} with {value}", value)
                elif has_last and pattern != "_":
                    said = re.sub(r"\s+", " ", pattern)
                    yield self.mutant(start, end, f"delete match arm {said}", "")

    def arms(self, start, end):
        """Of each arm where it starts, where `=>` stands, and where it ends."""
        while True:
            start += len(self.code[start:end]) - len(self.code[start:end].lstrip())
            arrow = self.at_top(start, end, re.compile("=>"))
            if start >= end or arrow >= end:
                return
            value = arrow + 2 + len(self.code[arrow + 2 : end]) - len(self.code[arrow + 2 : end].lstrip())
            stop = self.partner[value] + 1 if self.code[value] == "{" else self.at_top(value, end, re.compile(","))
            if self.code[stop : stop + 1] == ",":
                stop += 1
            yield start, arrow, stop
            start = stop

    def fields(self):
        for found in re.finditer(r"(?<=[{,])\s*\.\.(?=[\w(*&])", self.code):
            brace = max((place for place in self.partner if place < found.end() <= self.partner[place] and self.code[place] == "{"), default=None)
            if brace is None or not (name := re.search(r"([A-Z]\w*) $", self.code[:brace])):
                continue
            start = brace + 1
            while start < found.start():
                end = self.at_top(start, found.start(), re.compile(","))
                if field := re.compile(r"\s*(\w+)").match(self.code, start, end):
                    what = f"delete field {field[1]} from struct {name[1]} expression"
                    yield self.mutant(field.start(1), min(end + 1, found.start()), what, "")
                start = end + 1

    def values(self):
        for function in self.functions:
            body = self.code[function.body : function.end - 1]
            start = function.body + len(body) - len(body.lstrip())
            end = function.end - 1 - (len(body) - len(body.rstrip()))
            known = " ".join(self.text[start:end].split())
            for value in values_of(function.answer.removeprefix("->").strip())[:MOST_VALUES]:
                if value != known and start < end:
                    said = " ".join(function.answer.split())
                    one = Mutant(self, function, start, end, "", value)
                    one.what = f"replace {function.name}{' ' + said if said else ''} with {value}"
                    one.name = f"{one.name.rsplit(': ', 1)[0]}: {one.what}"
                    yield one


def values_of(answer):
    """Plain values of a type."""
    if not answer:
        return ["()"]
    if answer == "!":
        return []
    plain = {"()": ["()"], "bool": ["true", "false"], "String": ["String::new()", '"xyzzy".into()'], "u8": ["0", "1"]}
    plain |= {number: ["0", "1"] for number in ("u16", "u32", "u64", "u128", "usize")}
    plain |= {number: ["0", "1", "-1"] for number in ("i8", "i16", "i32", "i64", "i128", "isize")}
    if answer in plain:
        return plain[answer]
    if re.fullmatch(r"&(?:'\w+ )?str", answer):
        return ['""', '"xyzzy"']
    if shared := re.fullmatch(r"&(?:'\w+ )?(mut )?(.+)", answer):
        return [f"Box::leak(Box::new({value}))" for value in values_of(shared[2])] if shared[2][0] != "[" else ["Vec::leak(Vec::new())"]
    if answer.startswith("impl Iterator"):
        return ["::std::iter::empty()", "::std::iter::once(Default::default())"]
    if many := re.fullmatch(r"\[(.+); \d+\]", answer):
        return [f"[{value}; {answer.rsplit('; ', 1)[1]}" for value in values_of(many[1])]
    if answer.startswith("("):
        return [f"({', '.join(values)})" for values in itertools.product(*map(values_of, parts(answer[1:-1])))]
    if not (found := re.fullmatch(r"(?:\w+::)*(\w+)<(.*)>", answer)):
        return ["Default::default()"]
    name, of = found[1], [part for part in parts(found[2]) if not part.startswith("'")]
    if name == "Option":
        return ["None", *[f"Some({value})" for value in values_of(of[0])]]
    if name == "Result":
        return [f"Ok({value})" for value in values_of(of[0])]
    if name == "Vec":
        return ["vec![]", *[f"vec![{value}]" for value in values_of(of[0])]]
    if name in ("Box", "Arc", "Rc"):
        return [f"{name}::new({value})" for value in values_of(of[0])]
    if name in ("BTreeMap", "HashMap"):
        pairs = itertools.product(values_of(of[0]), values_of(of[1]))
        return [f"{name}::new()", *[f"{name}::from_iter([({key}, {value})])" for key, value in pairs]]
    if name in ("BTreeSet", "HashSet", "VecDeque"):
        return [f"{name}::new()", *[f"{name}::from_iter([{value}])" for value in values_of(of[0])]]
    return ["Default::default()"]


def parts(text):
    """What commas separate, outside of brackets."""
    found, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter in "(<[") - (letter in ")>]")
        if letter == "," and depth == 0:
            found.append(text[start:place].strip())
            start = place + 1
    return [part for part in [*found, text[start:].strip()] if part]
