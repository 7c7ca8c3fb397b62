internal import Foundation
internal import Glibc

/// Temporary files, and what is left of them when their process is killed.
extension DurableFile {
    private static let suffix = ".tmp"
    /// A process on another host cannot be asked whether it lives; after a day it is not writing any more.
    private static let foreignAgeLimitSeconds = 86_400.0

    /// A hidden name beside the final one, so that a rename never crosses file systems.
    public static func temporaryName(for path: String) -> String {
        let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        return "\(folder(of: path))/.\(name(of: path)).\(host).\(getpid()).\(random)\(suffix)"
    }

    /// Removes temporaries of processes that died; the number removed.
    ///
    /// The folder may be shared: what a process of another host writes is left alone for a day.
    @discardableResult
    public static func removeLeftovers(in folder: String) throws(StorageError) -> Int {
        var count = 0
        for name in try names(in: folder) where isLeftover(name, in: folder) {
            if unlink("\(folder)/\(name)") == 0 { count += 1 }
        }
        return count
    }

    private static func isLeftover(_ name: String, in folder: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.hasPrefix("."), name.hasSuffix(suffix), parts.count >= 6,
            let process = pid_t(parts[parts.count - 3])
        else { return false }
        if parts[parts.count - 4] == host { return kill(process, 0) != 0 && errno == ESRCH }
        guard let (_, modifiedAt) = try? FileDigest.facts(ofFile: "\(folder)/\(name)") else { return false }
        return Date.now.timeIntervalSince1970 - modifiedAt > foreignAgeLimitSeconds
    }

    /// Without dots, which separate the parts of a temporary's name.
    private static let host = String(ProcessInfo.processInfo.hostName.map { $0 == "." ? "-" : $0 })
}
