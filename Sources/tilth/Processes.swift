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
        if !FileManager.default.fileExists(atPath: log) { FileManager.default.createFile(atPath: log, contents: nil) }
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

/// SIGTERM and SIGINT, taken by a thread that waits for them, so that no handler runs in the middle of anything.
enum TerminationSignal {
    /// Call before any other thread starts. With `parent`, the end of that process counts as a signal too.
    static func onArrival(parent: Int32? = nil, _ action: @escaping @Sendable () -> Void) {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let waited = signals
        Thread {
            var waited = waited
            var pause = timespec(tv_sec: 1, tv_nsec: 0)
            while true {
                let arrived = sigtimedwait(&waited, nil, &pause)
                if arrived > 0 { action() }
                if let parent, getppid() != parent {
                    action()
                    return
                }
            }
        }.start()
    }
}
