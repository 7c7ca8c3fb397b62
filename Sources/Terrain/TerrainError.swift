public import Tiling

/// Why a terrain map could not be made: one line with the file, what is wrong and what to do.
public struct TerrainError: Error, Retriable, Equatable, CustomStringConvertible, Sendable {
    public let description: String
    public let isRetriable: Bool

    public init(_ description: String, isRetriable: Bool = false) {
        self.description = description
        self.isRetriable = isRetriable
    }
}
