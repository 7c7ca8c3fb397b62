/// Files that differ by nothing else than what `*` stands for: versions of one.
struct FileVersions {
    let newest: FileListing.Match

    /// Throws when their names do not say which one is the newest: the stamps of production, such as
    /// `2021241029` or `20160102030405`, do.
    init(_ versions: [FileListing.Match], pattern: String) throws {
        newest = try versions.dropFirst().reduce(versions[0]) { best, next in
            let differing = zip(best.stars, next.stars).filter { $0 != $1 }
            guard differing.count == 1, let (a, b) = differing.first, FileVersions.areStamps(a, b) else {
                throw CovariateError.unusable(
                    path: next.path,
                    problem: "matches '\(pattern)' as \(best.path) does, and their names do not say which "
                        + "one counts: keep one of them, or spell out the version in the path")
            }
            return a > b ? best : next
        }
    }

    /// Digits that begin with a year, as many in both.
    private static func areStamps(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && (7...20).contains(a.utf8.count)
            && [a, b].allSatisfy { stamp in
                stamp.utf8.allSatisfy { (48...57).contains($0) } && ["19", "20"].contains(stamp.prefix(2))
            }
    }
}
