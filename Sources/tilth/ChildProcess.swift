import Foundation
import Glibc

/// The processes that `tilth run` and `tilth demo` start: this very program, with other arguments.
struct ChildProcess {
    let name: String
    private let process: Process

    /// Starts `tilth ARGUMENTS…`; what it says goes into the log file.
    init(name: String, arguments: [String], log: String) throws {
        self.name = name
        process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        if !FileManager.default.fileExists(atPath: log) {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
        }
        guard let handle = FileHandle(forWritingAtPath: log) else {
            throw Failure.wrongUse("\(log): cannot be written: check the run directory's permissions")
        }
        try handle.seekToEnd()
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    var isRunning: Bool { process.isRunning }
    var exitCode: Int32 { process.terminationStatus }
    var pid: Int32 { process.processIdentifier }

    /// Whether it gave up by itself.
    var hasFailed: Bool { !process.isRunning && process.terminationStatus != 0 }

    func terminate() {
        if process.isRunning { process.terminate() }
    }

    /// Waits so long, then kills.
    func end(withinSeconds seconds: Double) {
        let deadline = Date.now.addingTimeInterval(seconds)
        while process.isRunning, Date.now < deadline { usleep(20_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}
