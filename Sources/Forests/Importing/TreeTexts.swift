internal import Foundation

/// Trees as texts, as R's rpart prints them and Earth Engine's `decisionTreeEnsemble` takes them: a list of
/// texts in JSON (bare, or Earth Engine's `explain()` with its `trees`), a table with a tree a line whose
/// line breaks are written `#`, or plain text, in which a tree begins with its root.
///
/// The prediction is the mean of the trees. Such texts know no missing values.
enum TreeTexts {
    /// Reads all trees. Features that the user named are taken in that order, others as they appear.
    static func read(_ file: ModelFile, _ options: ImportOptions) throws -> ImportedModel {
        var names = NameTable(options.features.map(\.name), isFixed: !options.features.isEmpty)
        var trees: [(nodes: [ForestBuilder.Node], root: Int)] = []
        try file.data.withUnsafeBytes { bytes in
            try forEachTree(in: bytes, file) { text in
                let tree = TreeText(number: trees.count, file: file)
                trees.append(try tree.nodes(text, &names))
            }
        }
        guard !trees.isEmpty else {
            throw file.refusal("no trees: each begins with its root, '1) root'")
        }
        // A tree without splits names nothing.
        guard !names.list.isEmpty else {
            throw file.refusal("no tree names a feature: name the inputs with --features")
        }
        let features =
            options.features.isEmpty
            ? names.list.map { Forest.Feature(name: $0, unit: "") } : options.features
        let agreed = try FeatureAgreement(
            path: file.path, namesInFile: features.map(\.name), count: features.count
        ).features(named: features)
        var builder = ForestBuilder(
            features: agreed, target: options.target, aggregation: .mean,
            provenance: file.provenance(importer: "tree-strings"))
        for tree in trees { try file.append(tree.nodes, root: tree.root, to: &builder) }
        var model = ImportedModel(builder: builder)
        if options.features.isEmpty {
            model.notes.append("features are in the order in which the trees name them")
        }
        return model
    }

    /// Whether a line with the root of a tree stands in a text.
    static func holdsRoot(_ bytes: UnsafeRawBufferPointer) -> Bool {
        root(in: bytes) != nil
    }

    private static let rootMark = Array("1) root".utf8)

    /// Where the first root is: nothing, or something that is no digit, stands before it.
    private static func root(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= rootMark.count else { return nil }
        for place in 0...(bytes.count - rootMark.count) where bytes[place] == rootMark[0] {
            let isWhole = place == 0 || !(48...57).contains(bytes[place - 1])
            if isWhole, bytes[place...].starts(with: rootMark) { return place }
        }
        return nil
    }

    private static func forEachTree(
        in bytes: UnsafeRawBufferPointer, _ file: ModelFile,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        switch bytes.first(where: { !$0.isTextSpace }) {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            do {
                var scanner = JSONScanner(bytes)
                guard try scanner.peek() == UInt8(ascii: "{") else { return try texts(&scanner, body) }
                try scanner.forEachKey {
                    if $1 == "trees" { try texts(&$0, body) } else { try $0.skip() }
                }
            } catch let wrong as JSONScanner.Wrong {
                throw file.refusal(
                    "not a JSON list of trees at byte \(wrong.place) (\(wrong.detail)): write it again")
            }
        default: try plainTexts(bytes, body)
        }
    }

    private static func texts(
        _ scanner: inout JSONScanner, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try scanner.forEachElement { try $0.stringBytes().withUnsafeBytes(body) }
    }

    /// A tree begins at each root, and ends before the line of the next one, or at a quotation mark.
    private static func plainTexts(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var lines = ModelText(bytes)
        var start: Int?
        var place = 0
        func take(to end: Int) throws {
            guard let start else { return }
            let tree = bytes[start..<end].prefix { $0 != UInt8(ascii: "\"") }
            try body(UnsafeRawBufferPointer(rebasing: tree))
        }
        while let line = lines.next() {
            if let root = root(in: line) {
                try take(to: place)
                start = lines.start + root
            }
            place = lines.start + line.count
        }
        try take(to: place)
    }
}

/// Names and their numbers, in the order in which they came.
struct NameTable {
    private(set) var list: [String]
    private var numbers: [String: Int]
    /// Whether no other names may come.
    private let isFixed: Bool

    init(_ names: [String], isFixed: Bool) {
        list = names
        numbers = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
        self.isFixed = isFixed
    }

    /// The number of a name; nil for one that may not come.
    mutating func number(of name: String) -> Int? {
        if let number = numbers[name] { return number }
        guard !isFixed else { return nil }
        numbers[name] = list.count
        list.append(name)
        return list.count - 1
    }
}
