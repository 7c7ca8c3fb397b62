internal import Foundation

/// One tree as text: a node a line, `number) name <= value n deviance prediction`, a leaf ends with `*`.
///
/// The children of node i are 2i and 2i + 1, and their conditions complete each other; one of the two is
/// written `<=` or `<`, and leads to the true child. Indentation and the order of lines mean nothing.
struct TreeText {
    let number: Int
    let file: ModelFile

    /// Room for trees of 127 levels; an array could not be indexed by such numbers.
    private typealias Id = UInt128

    private struct Condition {
        let feature: Int
        let value: Double
        let comparison: ForestBuilder.Comparison
        /// `<=` and `<`; the others are their opposites.
        let isBelow: Bool
    }

    private struct Line {
        /// Nil for the root.
        let condition: Condition?
        /// The prediction, of a leaf.
        let leaf: Double?
    }

    private func refusal(_ detail: String) -> ForestError { file.refusal("tree \(number): \(detail)") }

    /// The nodes of the tree, and which of them is its root.
    func nodes(
        _ text: UnsafeRawBufferPointer, _ names: inout NameTable
    ) throws -> (nodes: [ForestBuilder.Node], root: Int) {
        var lines: [(id: Id, line: Line)] = []
        var places: [Id: Int] = [:]
        for part in text.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "#") }) {
            let words = part.split(whereSeparator: \.isTextSpace).map { String(decoding: $0, as: UTF8.self) }
            guard let first = words.first, !Self.belongsToHead(first) else { continue }
            let (id, line) = try line(words, &names)
            guard places.updateValue(lines.count, forKey: id) == nil else {
                throw refusal("two nodes have the number \(id)")
            }
            lines.append((id, line))
        }
        guard let root = places[1] else { throw refusal("it has no root") }
        var nodes: [ForestBuilder.Node] = []
        for (id, line) in lines {
            guard id == 1 || places[id / 2].map({ lines[$0].line.leaf == nil }) ?? false else {
                throw refusal("node \(id) has no parent: a line is missing, or \(id / 2) is marked as a leaf")
            }
            if let leaf = line.leaf {
                nodes.append(.leaf(leaf))
            } else {
                nodes.append(try split(id, lines, places))
            }
        }
        return (nodes, root)
    }

    /// What rpart prints above a tree: `n= 150`, `node), split, n, deviance, yval`, `* denotes terminal
    /// node`.
    private static func belongsToHead(_ word: String) -> Bool {
        word == "*" || word == "node)," || word.hasPrefix("n=")
    }

    private func split(_ id: Id, _ lines: [(id: Id, line: Line)], _ places: [Id: Int]) throws
        -> ForestBuilder.Node
    {
        guard id <= Id.max / 4 else {
            throw refusal("it has more than 126 levels, which such numbers cannot name")
        }
        guard let first = places[2 * id], let second = places[2 * id + 1] else {
            throw refusal("node \(id) is neither divided into \(id * 2) and \(id * 2 + 1) nor a leaf (*)")
        }
        guard let one = lines[first].line.condition, let other = lines[second].line.condition,
            one.feature == other.feature, one.value == other.value, one.isBelow != other.isBelow,
            one.comparison == other.comparison
        else { throw refusal("the conditions of \(2 * id) and \(2 * id + 1) do not complete each other") }
        return .split(
            feature: one.feature, threshold: one.value, comparison: one.comparison,
            trueChild: one.isBelow ? first : second, falseChild: one.isBelow ? second : first)
    }

    private func line(_ words: [String], _ names: inout NameTable) throws -> (Id, Line) {
        let text = words.joined(separator: " ")
        func wrong(_ detail: String) -> ForestError { refusal("'\(text.prefix(60))': \(detail)") }
        guard let bracket = text.firstIndex(of: ")"), let id = Id(text[..<bracket]), id > 0 else {
            throw wrong("a line begins with the number of its node, such as '12)'")
        }
        var rest = text[text.index(after: bracket)...].split(separator: " ").map(String.init)
        let isLeaf = rest.last?.hasSuffix("*") ?? false
        if isLeaf, let last = rest.popLast(), last.count > 1 { rest.append(String(last.dropLast())) }
        let isRoot = id == 1
        if let last = rest.last, last.hasSuffix(")"), isLeaf || !isRoot {
            throw wrong("probabilities of classes: the tree of a classifier, a regression is needed")
        }
        guard !isRoot || rest.first == "root" else { throw wrong("node 1 must be called root") }
        guard isRoot || rest.count >= 4 else {
            throw wrong("a condition, a count, a deviance and a prediction are needed")
        }
        let figures = rest.suffix(3)
        guard (isRoot && !isLeaf) || figures.count == 3 && figures.allSatisfy({ Double($0) != nil }) else {
            throw wrong("the count, the deviance or the prediction is no number")
        }
        let leaf = isLeaf ? Double(figures.last ?? "") : nil
        guard !isRoot else { return (id, Line(condition: nil, leaf: leaf)) }
        let condition = try condition(rest.dropLast(3).joined(separator: " "), &names, wrong)
        return (id, Line(condition: condition, leaf: leaf))
    }

    private func condition(
        _ text: String, _ names: inout NameTable, _ wrong: (String) -> ForestError
    ) throws -> Condition {
        guard let sign = text.lastIndex(where: { $0 == "<" || $0 == ">" }) else {
            throw wrong(
                text.contains("=")
                    ? "a categorical split: use numbers or one-hot features"
                    : "a condition with <=, <, > or >= is needed")
        }
        let isBelow = text[sign] == "<"
        var value = text[text.index(after: sign)...]
        let isInclusive = value.hasPrefix("=")
        if isInclusive { value = value.dropFirst() }
        let name = text[..<sign].trimmingCharacters(in: .whitespaces)
        guard let threshold = Double(value.trimmingCharacters(in: .whitespaces)), threshold.isFinite else {
            throw wrong("'\(value)' is no threshold")
        }
        guard !name.isEmpty else { throw wrong("the feature has no name") }
        guard let feature = names.number(of: name) else {
            throw wrong("a split on '\(name)', which is not among the features that were named")
        }
        // x <= t and its opposite x > t; x < t and its opposite x >= t.
        return Condition(
            feature: feature, value: threshold, comparison: isBelow == isInclusive ? .lessOrEqual : .less,
            isBelow: isBelow)
    }
}
