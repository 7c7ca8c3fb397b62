import Storage
import Tiling

extension PlannedSource {
    var isGranules: Bool {
        if case .granules = content { return true }
        return false
    }

    /// The files that exist of an expected one: itself, or those of its pattern, the newest version of each.
    func existing(_ file: ExpectedFile, in listing: inout FileListing) throws -> [ExpectedFile] {
        guard path.isPattern || isGranules else {
            return DurableFile.exists(absolutePath(of: file.path, in: listing.root)) ? [file] : []
        }
        let matches = try listing.matches(of: file.path)
        // Granules that are no MODIS tiles differ by nothing else than what `*` stands for.
        let versions =
            isGranules && !path.has(PathTemplate.tilePlaceholder)
            ? matches.map { [$0] }
            : Dictionary(grouping: matches, by: \.identity).values.sorted { $0[0].path < $1[0].path }
        return try versions.map { versions in
            let newest = try FileVersions(versions, pattern: file.path).newest
            var found = file
            found.path = newest.path
            found.hour = newest.hour
            found.minute = newest.minute
            found.olderVersions = versions.map(\.path).filter { $0 != newest.path }
            return found
        }
    }

    /// Why there is no file.
    func absence(of path: String) -> String {
        self.path.isPattern || isGranules ? "no file matches \(path)" : "\(path) does not exist"
    }
}
