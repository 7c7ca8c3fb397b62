internal import Glibc
public import Tiling

/// Why a raster or netCDF file could not be read or written: one line with the path, what is wrong and what
/// to do.
public struct RasterError: Error, Equatable, Sendable {
    /// The kinds that a caller may want to tell apart.
    public enum Kind: Sendable {
        case doesNotExist
        /// Damaged, truncated, or of a format that nobody reads.
        case unreadable
        /// Read well, but laid out in a way that has no meaning here: rotated, irregular, a strange calendar.
        case unsupported
        /// A variable, band or step that the file does not have.
        case notInFile
        /// A file of a day on which nothing was seen, so that not even its cells have places.
        case nothingSeen
        /// A window beyond the edge of the grid.
        case outside
        case notWritten
    }

    public let kind: Kind
    public let path: String
    /// One line, without the path.
    public let problem: String
    public let isRetriable: Bool

    /// `problem` may hold what a library said; line breaks become semicolons.
    public init(_ kind: Kind, path: String, problem: String, isRetriable: Bool = false) {
        self.kind = kind
        self.path = path
        self.problem = problem.split(whereSeparator: \.isNewline).joined(separator: "; ")
        self.isRetriable = isRetriable
    }
}

extension RasterError: CustomStringConvertible {
    public var description: String { "\(path): \(problem)" }
}

extension RasterError: Retriable {
    /// Whether a system error may pass: a full disk, a stale handle, a server that is away.
    static func mayPass(_ code: Int32) -> Bool { passing.contains(code) }

    /// Libraries hand system errors on as text only.
    static func mayPass(_ message: String) -> Bool {
        passing.contains { message.contains(String(cString: strerror($0))) }
    }

    /// The system error behind a library's message, where it is one that may pass; libraries rarely tell.
    static func cause(_ code: Int32) -> String {
        mayPass(code) ? " (\(String(cString: strerror(code))))" : ""
    }

    private static let passing: [Int32] = [
        ENOSPC, EDQUOT, EIO, ESTALE, EINTR, EAGAIN, ENETDOWN, ETIMEDOUT, EMFILE, ENFILE, ENOMEM,
    ]

    /// Refuses a path that does not lead to a file that we may read. Names of GDAL's own file systems pass,
    /// and those of parts of a file, `NETCDF:file.nc:tp`, where `mayNameParts`.
    static func checkExists(_ path: String, mayNameParts: Bool = true) throws(RasterError) {
        if mayNameParts && path.hasPrefix("/vsi") { return }
        guard access(path, R_OK) != 0 else { return }
        let code = errno
        let isAbsent = code == ENOENT || code == ENOTDIR
        if isAbsent && mayNameParts && path.contains(":") { return }
        throw RasterError(
            isAbsent ? .doesNotExist : .unreadable, path: path,
            problem: isAbsent
                ? "does not exist: check the path" : "cannot be read: \(String(cString: strerror(code)))",
            isRetriable: mayPass(code))
    }
}
