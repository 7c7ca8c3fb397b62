import Foundation
import Logging

/// What a process of a run says on standard error, a line each: time, process, level where it matters,
/// message.
struct ProcessLog: LogHandler {
    let label: String
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let level = event.level <= .info ? "" : "\(event.level.rawValue.uppercased()) "
        let line = "\(Date.now.formatted(.iso8601)) \(label)  \(level)\(event.message)\n"
        // One write: lines of several threads stay whole.
        FileHandle.standardError.write(Data(line.utf8))
    }
}
