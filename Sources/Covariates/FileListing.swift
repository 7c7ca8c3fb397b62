import Storage
import Tiling

/// Finds the files of a pattern: `*` is any run of letters within a name, `{hv}` a MODIS tile such as
/// `h29v12`, `{hour}` and `{minute}` are two digits.
///
/// Each folder is listed once, because an archive keeps years of granules in one.
struct FileListing {
    /// What patterns are relative to.
    let root: String
    private var folders: [String: [String]] = [:]

    init(root: String) { self.root = root }

    /// A file that fits a pattern.
    struct Match: Equatable {
        /// As the pattern spells it.
        var path: String
        /// The path with what `*` stands for left out: equal for two versions of one file.
        var identity: String
        /// What `*` stands for, one after the other.
        var stars: [String] = []
        /// What `{hour}` and `{minute}` stand for.
        var hour: Int?
        var minute: Int?
    }

    /// The paths that exist, in order, as the pattern spells them.
    mutating func files(matching pattern: String) throws -> [String] {
        try matches(of: pattern).map(\.path)
    }

    /// The files that exist, in the order of their paths.
    mutating func matches(of pattern: String) throws -> [Match] {
        let start = pattern.hasPrefix("/") ? "/" : ""
        var found = [Match(path: start, identity: start)]
        var endsWithText = true
        for part in pattern.split(separator: "/") {
            let name = NamePattern(part)
            endsWithText = name.isText
            var next: [Match] = []
            for folder in found {
                let separator = folder.path.isEmpty || folder.path.hasSuffix("/") ? "" : "/"
                guard !name.isText else {
                    var match = folder
                    match.path += separator + part
                    match.identity += separator + part
                    next.append(match)
                    continue
                }
                let known = try names(
                    in: absolutePath(of: folder.path.isEmpty ? "." : folder.path, in: root))
                for candidate in known[FileListing.range(of: name.head, in: known)] {
                    if let match = name.match(candidate, in: folder, separator: separator) {
                        next.append(match)
                    }
                }
            }
            found = next
        }
        // What a folder lists is there.
        return endsWithText
            ? found.filter { DurableFile.exists(absolutePath(of: $0.path, in: root)) } : found
    }

    private mutating func names(in folder: String) throws -> [String] {
        if let known = folders[folder] { return known }
        let names = try DurableFile.names(in: folder).filter { !$0.hasPrefix(".") }
        folders[folder] = names
        return names
    }

    /// Of names in order, those that may begin with a text: a day's among those of twenty years.
    private static func range(of head: String, in names: [String]) -> Range<Int> {
        func first(where isBehind: (String) -> Bool) -> Int {
            var (low, high) = (0, names.count)
            while low < high {
                let middle = (low + high) / 2
                if isBehind(names[middle]) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        let end = head + "\u{10FFFF}"
        return first { $0 >= head }..<first { $0 > end }
    }
}
