import Foundation

/// The folder of real test inputs beside the repository; `TILTH_SHARED_DATA` may say where else it is.
enum SharedData {
    /// The path of a file or folder in there, or nil with a loud line when the whole folder is missing.
    static func path(_ relative: String) -> String? {
        let root =
            ProcessInfo.processInfo.environment["TILTH_SHARED_DATA"]
            ?? URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "shared/data").path
        guard FileManager.default.fileExists(atPath: root) else {
            print("SKIPPED: \(relative): there is no folder \(root) (set TILTH_SHARED_DATA)")
            return nil
        }
        return "\(root)/\(relative)"
    }
}
