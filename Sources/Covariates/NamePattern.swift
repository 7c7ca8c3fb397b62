import Tiling

/// One name of a pattern, between two slashes.
struct NamePattern {
    private enum Token: Equatable {
        case text(String)
        case anything
        case tile
        case hour
        case minute
    }

    private let tokens: [Token]

    init(_ part: Substring) {
        var tokens: [Token] = []
        var rest = part[...]
        let marks: [(String, Token)] = [
            ("*", .anything), ("{\(PathTemplate.tilePlaceholder)}", .tile), ("{hour}", .hour),
            ("{minute}", .minute),
        ]
        var text = ""
        while let letter = rest.first {
            if let (mark, token) = marks.first(where: { rest.hasPrefix($0.0) }) {
                if !text.isEmpty { tokens.append(.text(text)) }
                text = ""
                tokens.append(token)
                rest = rest.dropFirst(mark.count)
            } else {
                text.append(letter)
                rest = rest.dropFirst()
            }
        }
        if !text.isEmpty { tokens.append(.text(text)) }
        self.tokens = tokens
    }

    var isText: Bool {
        tokens.allSatisfy {
            if case .text = $0 { return true }
            return false
        }
    }

    /// What each name begins with.
    var head: String {
        if case .text(let text)? = tokens.first { return text }
        return ""
    }

    /// Nil when the name does not fit.
    func match(_ name: String, in folder: FileListing.Match, separator: String) -> FileListing.Match? {
        var found = folder
        found.identity += separator
        guard take(name[...], tokens[...], into: &found) else { return nil }
        found.path += separator + name
        return found
    }

    private func take(
        _ name: Substring, _ tokens: ArraySlice<Token>, into found: inout FileListing.Match
    ) -> Bool {
        guard let token = tokens.first else { return name.isEmpty }
        let rest = tokens.dropFirst()
        switch token {
        case .text(let text):
            guard name.hasPrefix(text) else { return false }
            found.identity += text
            return take(name.dropFirst(text.count), rest, into: &found)
        case .tile:
            let tile = name.prefix(6)
            guard isTile(tile) else { return false }
            found.identity += tile
            return take(name.dropFirst(6), rest, into: &found)
        case .hour, .minute:
            guard let number = twoDigits(name) else { return false }
            let known = token == .hour ? found.hour : found.minute
            guard known == nil || known == number else { return false }
            if token == .hour { found.hour = number } else { found.minute = number }
            found.identity += name.prefix(2)
            return take(name.dropFirst(2), rest, into: &found)
        case .anything:
            let before = found
            for end in name.indices + [name.endIndex] {
                found = before
                found.identity += "*"
                found.stars.append(String(name[..<end]))
                if take(name[end...], rest, into: &found) { return true }
            }
            found = before
            return false
        }
    }

    private func isTile(_ name: Substring) -> Bool {
        name.count == 6 && name.first == "h" && name.dropFirst(3).first == "v"
            && twoDigits(name.dropFirst()) != nil && twoDigits(name.dropFirst(4)) != nil
    }

    private func twoDigits(_ name: Substring) -> Int? {
        let digits = name.utf8.prefix(2)
        guard digits.count == 2, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(name.prefix(2))
    }
}
