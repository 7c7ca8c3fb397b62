import Storage
import Tiling

/// Finds the files of a pattern: `*` is any run of letters within a name, `{hv}` a MODIS tile such as
/// `h29v12`.
///
/// Each folder is listed once, because an archive keeps years of granules in one.
struct GranuleListing {
    /// What patterns are relative to.
    let root: String
    private var folders: [String: [String]] = [:]

    init(root: String) { self.root = root }

    /// The paths that exist, in order, as the pattern spells them.
    mutating func files(matching pattern: String) throws -> [String] {
        var found = [pattern.hasPrefix("/") ? "/" : ""]
        for part in pattern.split(separator: "/") {
            let tokens = GranuleListing.tokens(of: part)
            var next: [String] = []
            for folder in found {
                let prefix = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
                guard tokens.contains(where: { $0 != .text(String(part)) }) else {
                    next.append(prefix + part)
                    continue
                }
                for name in try names(in: absolutePath(of: folder.isEmpty ? "." : folder, in: root))
                where !name.hasPrefix(".") && GranuleListing.matches(name[...], tokens[...]) {
                    next.append(prefix + name)
                }
            }
            found = next
        }
        return found.filter { DurableFile.exists(absolutePath(of: $0, in: root)) }
    }

    private mutating func names(in folder: String) throws -> [String] {
        if let known = folders[folder] { return known }
        let names = try DurableFile.names(in: folder)
        folders[folder] = names
        return names
    }

    private enum Token: Equatable {
        case text(String)
        case anything
        case tile
    }

    private static func tokens(of part: Substring) -> [Token] {
        var tokens: [Token] = []
        for (number, piece) in part.split(separator: "*", omittingEmptySubsequences: false).enumerated() {
            if number > 0 { tokens.append(.anything) }
            let texts = String(piece).split(
                separator: "{\(PathTemplate.tilePlaceholder)}", omittingEmptySubsequences: false)
            for (number, text) in texts.enumerated() {
                if number > 0 { tokens.append(.tile) }
                if !text.isEmpty { tokens.append(.text(String(text))) }
            }
        }
        return tokens
    }

    private static func matches(_ name: Substring, _ tokens: ArraySlice<Token>) -> Bool {
        guard let token = tokens.first else { return name.isEmpty }
        let rest = tokens.dropFirst()
        switch token {
        case .text(let text):
            return name.hasPrefix(text) && matches(name.dropFirst(text.count), rest)
        case .tile:
            let tile = Array(name.utf8.prefix(6))
            let isTile =
                tile.count == 6 && tile[0] == UInt8(ascii: "h") && tile[3] == UInt8(ascii: "v")
                && [1, 2, 4, 5].allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(tile[$0]) }
            return isTile && matches(name.dropFirst(6), rest)
        case .anything:
            return name.indices.contains { matches(name[$0...], rest) } || matches("", rest)
        }
    }
}

extension PlannedSource {
    var isGranules: Bool {
        if case .granules = content { return true }
        return false
    }

    /// The files that exist of an expected one: itself, or the granules of its pattern.
    func existing(_ file: ExpectedFile, in listing: inout GranuleListing) throws -> [ExpectedFile] {
        guard isGranules else {
            return DurableFile.exists(absolutePath(of: file.path, in: listing.root)) ? [file] : []
        }
        return try listing.files(matching: file.path).map {
            ExpectedFile(path: $0, days: file.days, steps: file.steps)
        }
    }

    /// Why there is no file.
    func absence(of file: ExpectedFile) -> String {
        isGranules ? "no file matches \(file.path)" : "\(file.path) does not exist"
    }
}
