public import ArgumentParser
import Foundation
public import Tiling

extension TileRange: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension DayRange: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension Day: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

/// Where the inputs are.
struct DataOption: ParsableArguments {
    @Option(
        name: .long,
        help: "Folder that the product's paths are relative to. Default: the product file's folder.")
    var data: String?

    /// The absolute data root of a product file.
    func root(product: String) -> String {
        absolutePath(data ?? URL(filePath: product).deletingLastPathComponent().path)
    }
}

/// A part of a run.
struct RangeOptions: ParsableArguments {
    @Option(name: .long, help: "Tiles, corners included: x40y10..x50y20, or one tile. Default: all.")
    var tiles: TileRange?

    @Option(name: .long, help: "Days: 2016-01-01..2016-12-31, or one day. Default: all.")
    var days: DayRange?
}

/// An amount of memory such as `8G` or `512M`.
struct ByteCount: ExpressibleByArgument {
    let bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        guard let last = argument.uppercased().last else { return nil }
        let factor = units[last] ?? 1
        guard let number = Double(units[last] == nil ? argument : String(argument.dropLast())), number > 0
        else { return nil }
        bytes = Int(number * Double(factor))
    }

    /// As it would be typed: `1G`, `256M`.
    var defaultValueDescription: String {
        for (unit, size) in [("G", 1 << 30), ("M", 1 << 20)] where bytes % size == 0 {
            return "\(bytes / size)\(unit)"
        }
        return String(bytes)
    }

    /// `1.5 GB`, for people.
    static func text(_ bytes: Int) -> String {
        var value = Double(bytes)
        for unit in ["B", "kB", "MB", "GB", "TB"] {
            if value < 1000 || unit == "TB" {
                return unit == "B"
                    ? "\(bytes) B" : String(format: value < 10 ? "%.1f %@" : "%.0f %@", value, unit)
            }
            value /= 1000
        }
        return "\(bytes) B"
    }
}

func absolutePath(_ path: String) -> String {
    URL(
        filePath: path,
        relativeTo: URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
    )
    .standardizedFileURL.path
}
