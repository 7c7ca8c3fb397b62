import Foundation

/// A Swift file of the repository, as the style rules see it.
struct SourceFile {
    /// Relative to the repository.
    let path: String
    let lines: [String]

    /// The target that the file belongs to: the folder under Sources or Tests.
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    var isTest: Bool { path.hasPrefix("Tests/") }

    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// All hand-written Swift files under Sources and Tests.
    static let all: [SourceFile] = ["Sources", "Tests"].flatMap { folder -> [SourceFile] in
        let root = repository.appending(path: folder).path
        let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".swift") && !$0.hasSuffix(".pb.swift") }.sorted().compactMap {
            name in
            guard let text = try? String(contentsOfFile: "\(root)/\(name)", encoding: .utf8) else {
                return nil
            }
            return SourceFile(path: "\(folder)/\(name)", lines: text.components(separatedBy: "\n"))
        }
    }

    /// The modules that the file imports, with their line numbers.
    var imports: [(line: Int, module: String)] {
        lines.enumerated().compactMap { number, line in
            let words = line.split(separator: " ")
            guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count,
                words[..<keyword].allSatisfy({
                    $0.hasPrefix("@") || ["public", "internal", "package"].contains($0)
                })
            else { return nil }
            let named = words[keyword + 1]
            let isScoped = ["struct", "class", "enum", "func", "var", "let", "protocol"].contains(
                String(named))
            let path = isScoped && keyword + 2 < words.count ? words[keyword + 2] : named
            return (number + 1, String(path.split(separator: ".")[0]))
        }
    }

    /// Functions, initialisers and computed properties that are longer than a limit, by where they begin.
    func bodies(longerThan limit: Int) -> [(line: Int, count: Int)] {
        var long: [(Int, Int)] = []
        for (number, line) in lines.enumerated() {
            let trimmed = line.drop { $0 == " " }
            let indentation = line.count - trimmed.count
            guard
                trimmed.range(
                    of: #"^([a-z@]+(\([a-z]+\))? )*(func|init|deinit)[ (?<]"#, options: .regularExpression)
                    != nil
            else { continue }
            let closing = String(repeating: " ", count: indentation) + "}"
            guard let end = lines[number...].firstIndex(of: closing) else { continue }
            if end - number + 1 > limit { long.append((number + 1, end - number + 1)) }
        }
        return long
    }
}
