import Foundation

/// The folder of real test inputs beside the repository; `TILTH_SHARED_DATA` may say where else it is.
public enum SharedData {
    /// The folder itself; nil on most machines, and then said loudly by whoever asks for a path.
    public static let folder: String? = FileManager.default.fileExists(atPath: root) ? root : nil

    private static let root =
        ProcessInfo.processInfo.environment["TILTH_SHARED_DATA"]
        ?? URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "shared/data").path

    /// The path of a file or folder in there; nil, with a loud line, where it is not.
    public static func path(_ relative: String, skipping test: String = #function) -> String? {
        let path = "\(root)/\(relative)"
        guard FileManager.default.fileExists(atPath: path) else {
            print("SKIPPED: \(test): there is no \(path), so nothing was checked on real input")
            return nil
        }
        return path
    }

    /// A JSON file in there, its keys in snake case.
    public static func json<Facts: Decodable>(
        _ relative: String, as type: Facts.Type, skipping test: String = #function
    ) throws -> Facts? {
        guard let path = path(relative, skipping: test) else { return nil }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(contentsOf: URL(filePath: path)))
    }
}
