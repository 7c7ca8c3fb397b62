import Foundation
import Testing

/// The house rules that a machine can enforce (see "How to contribute" in the README).
@Suite struct StyleTests {
    private func expectNone(_ found: [String], _ rule: Comment, location: SourceLocation = #_sourceLocation) {
        #expect(found.isEmpty, "\(rule)\n\(found.joined(separator: "\n"))", sourceLocation: location)
    }

    @Test func thereAreSources() {
        #expect(SourceFile.all.count > 50, "the style tests see the repository")
    }

    @Test func filesAndFunctionsFitTheirLimits() {
        expectNone(
            SourceFile.all.filter { $0.lines.count > 401 }.map { "\($0.path): \($0.lines.count) lines" },
            "a file has at most 400 lines")
        expectNone(
            SourceFile.all.flatMap { file in
                file.lines.enumerated().filter { $0.element.count > 110 }.map {
                    "\(file.path):\($0.offset + 1)"
                }
            }, "a line has at most 110 columns")
        expectNone(
            SourceFile.all.flatMap { file in
                file.bodies(longerThan: 70).map { "\(file.path):\($0.line): \($0.count) lines" }
            }, "a function has at most 70 lines")
    }

    @Test func nothingIsCalledAfterNothing() {
        let banned = ["Util", "Utils", "Helper", "Helpers", "Common", "Manager", "Misc"]
        expectNone(
            SourceFile.all.filter { file in
                let words = file.path.split { "/.+".contains($0) }
                return words.contains { word in banned.contains { word.hasSuffix($0) } }
            }.map(\.path), "a function without a home means that a noun is missing")
    }

    @Test func dataNeverReachesATrap() {
        let banned = ["try!", "fatalError(", "as!", "-Ounchecked"]
        expectNone(
            SourceFile.all.filter { !$0.isTest }.flatMap { file in
                file.lines.enumerated().filter { line in
                    !line.element.drop { $0 == " " }.hasPrefix("//")
                        && banned.contains { line.element.contains($0) }
                }.map { "\(file.path):\($0.offset + 1): \($0.element)" }
            }, "errors are thrown, not trapped")
    }

    @Test func whatIsUncheckedHasItsReason() {
        let marks = ["@unchecked Sendable", "nonisolated(unsafe)", "unchecked:"]
        expectNone(
            SourceFile.all.filter { !$0.isTest }.flatMap { file in
                file.lines.enumerated().filter { number, line in
                    guard marks.contains(where: line.contains),
                        !line.drop(while: { $0 == " " }).hasPrefix("//")
                    else { return false }
                    // One reason may stand above a run of such lines.
                    let above =
                        file.lines[..<number].last { above in !marks.contains(where: above.contains) } ?? ""
                    return !above.contains("//")
                }.map { "\(file.path):\($0.offset + 1)" }
            }, "a reason stands on the line above")
    }

    @Test func publicSymbolsAreDocumented() {
        let declaration = #"^\s*public (?!import|init)(?:[a-z]+ )*(func|struct|enum|class|protocol|actor) "#
        expectNone(
            SourceFile.all.filter { !$0.isTest }.flatMap { file in
                file.lines.enumerated().filter { number, line in
                    guard line.range(of: declaration, options: .regularExpression) != nil else {
                        return false
                    }
                    let isOperator = line.contains("static func ")
                    let above =
                        file.lines[..<number].last { above in
                            let trimmed = above.drop { $0 == " " }
                            return !trimmed.hasPrefix("@")
                        } ?? ""
                    let follows = above.drop { $0 == " " }.hasPrefix("public ")
                    let conforms = ["func encode(to", "func hash(into"].contains(where: line.contains)
                    return !above.contains("///") && !isOperator && !conforms && !follows
                }.map { "\(file.path):\($0.offset + 1): \($0.element)" }
            }, "every public type and function says in a sentence what it is")
    }
}
