import Foundation

/// Resident memory of this process, as the kernel counts it.
enum ProcessMemory {
    /// Bytes that are resident now, pages of mapped files included.
    static var residentByteCount: Int { bytes(of: "VmRSS:") }
    /// The most that ever were.
    static var peakByteCount: Int { bytes(of: "VmHWM:") }

    private static func bytes(of field: String) -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(field) }
        return line.flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }.flatMap { Int($0) }
            .map { $0 * 1024 } ?? 0
    }
}
