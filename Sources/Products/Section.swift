import Yams

/// One mapping of the file, held against its schema.
struct Section {
    let entry: Entry
    private let entries: [String: Entry]

    /// Reports unknown, missing, repeated and empty keys.
    init?(_ entry: Entry, _ schema: Schema) {
        guard let mapping = entry.node.mapping else {
            entry.report(
                "must be a mapping of keys to values" + (entry.example.map { ", such as \($0)" } ?? ""))
            return nil
        }
        self.entry = entry
        var lines: [String: Int] = [:]
        var found: [String: Entry] = [:]
        func report(_ problem: String, _ mark: Mark?) {
            entry.book.add(entry.label.isEmpty ? problem : "\(entry.label): \(problem)", at: mark)
        }
        for (key, value) in mapping {
            guard let name = Section.name(of: key) else {
                report("a key must be a word: choose from \(schema.names.joined(separator: ", "))", key.mark)
                continue
            }
            if let line = lines[name] {
                report("key '\(name)' is given twice (first on line \(line)): keep one", key.mark)
            }
            lines[name] = lines[name] ?? key.mark?.line ?? 0
            guard let known = schema.keys.first(where: { $0.name == name }) else {
                report(Section.unknownKey(name, schema), key.mark)
                continue
            }
            let example = "\(known.name): \(known.example)"
            guard !Section.isNull(value) else {
                report("key '\(name)' has no value: write \(example)", key.mark)
                continue
            }
            let label = entry.label.isEmpty ? name : "\(entry.label): \(name)"
            found[name] = Entry(node: value, label: label, example: example, book: entry.book)
        }
        for key in schema.keys where key.isRequired && lines[key.name] == nil {
            report("missing key '\(key.name)': add it, such as \(key.name): \(key.example)", entry.node.mark)
        }
        entries = found
    }

    subscript(key: String) -> Entry? { entries[key] }

    /// What a reader makes of an optional key; the default where the key is not given.
    func value<Value>(of key: String, default fallback: Value, _ read: (Entry) -> Value?) -> Value? {
        guard let entry = entries[key] else { return fallback }
        return read(entry)
    }

    /// What a key reads; nil when it is no word.
    static func name(of key: Node) -> String? {
        guard let scalar = key.scalar else { return nil }
        return String(
            String.UnicodeScalarView(scalar.string.unicodeScalars.drop { $0 == YAMLTree.repetitionMark }))
    }

    private static func isNull(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }

    private static func unknownKey(_ name: String, _ schema: Schema) -> String {
        let suggestion = Spelling.suggestion(for: name, among: schema.names)
        return suggestion.isEmpty
            ? "unknown key '\(name)': remove it, or choose from \(schema.names.joined(separator: ", "))"
            : "unknown key '\(name)'\(suggestion)"
    }
}

extension Entry {
    /// The one key of a mapping that says which kind it is.
    func kind(among kinds: [String]) -> String? {
        let given = kinds.filter(keys.contains)
        if given.count == 1 { return given[0] }
        if given.count > 1 {
            return refused("gives both \(given.joined(separator: " and ")): keep one of them")
        }
        let misspelt = keys.lazy.compactMap { key in
            Spelling.nearest(to: key, among: kinds).map { "unknown key '\(key)' (did you mean '\($0)'?)" }
        }.first
        return refused("\(misspelt ?? "says no kind"): give one of \(kinds.joined(separator: ", "))")
    }
}
