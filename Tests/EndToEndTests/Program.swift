import Foundation
import Glibc

/// The real `tilth` program, built beside the tests.
enum Program {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The products folder holds both the test bundle and the program.
    static let path: String = {
        var folder = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        if let bundle = Bundle.allBundles.first(where: { $0.bundlePath.hasSuffix(".xctest") }) {
            folder = bundle.bundleURL.deletingLastPathComponent()
        }
        let beside = folder.appending(path: "tilth").path
        return FileManager.default.isExecutableFile(atPath: beside)
            ? beside : repository.appending(path: ".build/release/tilth").path
    }()

    struct Result {
        let code: Int32
        let output: String
        let errors: String
        var lines: [String] { output.split(separator: "\n").map(String.init) }
        var all: String { output + errors }
    }

    /// Runs to the end.
    static func run(_ arguments: String..., executable: String? = nil) throws -> Result {
        try run(arguments, executable: executable)
    }

    static func run(_ arguments: [String], executable: String? = nil) throws -> Result {
        let running = try Running(arguments, executable: executable)
        return running.wait()
    }
}

/// A process that is still running, so that it can be killed.
final class Running {
    private let process = Process()
    private let output: URL
    private let errors: URL

    init(_ arguments: [String], executable: String? = nil) throws {
        let folder = FileManager.default.temporaryDirectory
        output = folder.appending(path: "tilth-test-\(UUID().uuidString).out")
        errors = folder.appending(path: "tilth-test-\(UUID().uuidString).err")
        for file in [output, errors] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        process.executableURL = URL(filePath: executable ?? Program.path)
        process.arguments = arguments
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    var isRunning: Bool { process.isRunning }

    func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }
    func terminate() { process.terminate() }

    func wait() -> Program.Result {
        process.waitUntilExit()
        defer { for file in [output, errors] { try? FileManager.default.removeItem(at: file) } }
        let code =
            process.terminationReason == .uncaughtSignal
            ? -process.terminationStatus : process.terminationStatus
        return Program.Result(
            code: code, output: (try? String(contentsOf: output, encoding: .utf8)) ?? "",
            errors: (try? String(contentsOf: errors, encoding: .utf8)) ?? "")
    }
}

/// A folder that is gone after the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "tilth-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let url = URL(filePath: file(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
        return url.path
    }
}

/// Digests of all files with a suffix under a folder, by relative path: to compare runs bit for bit.
func contents(of folder: String, suffix: String) -> [String: Data] {
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    var found: [String: Data] = [:]
    for name in names where name.hasSuffix(suffix) {
        found[name] = FileManager.default.contents(atPath: "\(folder)/\(name)")
    }
    return found
}
