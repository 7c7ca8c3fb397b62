import Foundation
import Testing
import Tiling

@testable import Covariates

/// An hourly file as the Copernicus store hands ERA5-Land out, written by ncgen from text so that it depends
/// on no writer of ours. Latitudes run from 20 to -20, longitudes from 0 to 350, 10 degrees apart.
struct ReanalysisFile {
    enum Layout {
        /// Until 2024: classic 64-bit-offset file, packed int16, hours since 1900. With `expver` the first
        /// hours are final (1), the others preliminary (5).
        case old(expver: Bool)
        /// netCDF-4, float32, seconds since 1970, `number` a scalar, `expver` a text per time.
        case new
    }

    /// A value at an hour since 1970-01-01 00 UTC, in a cell.
    typealias Field = (_ hour: Int, _ row: Int, _ column: Int) -> Double

    static let rows = 5
    static let columns = 36
    static let grid = degrees(-5, 25, 10, columns, rows)

    let layout: Layout
    /// Since 1970-01-01 00 UTC, in the order of the file.
    let hours: [Int]
    let variables: [(name: String, unit: String, field: Field)]
    /// Steps per chunk of the new layout.
    var chunkSteps = 24

    /// False, said aloud, where ncgen is not installed.
    func write(to path: String) throws -> Bool {
        guard
            let tool = ["/usr/bin/ncgen", "/usr/local/bin/ncgen"].first(where: FileManager.default.fileExists)
        else {
            print("SKIPPED: ncgen is not installed, so no ERA5-Land file can be made")
            return false
        }
        let folder = URL(filePath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let source = path + ".cdl"
        try Data(text.utf8).write(to: URL(filePath: source))
        let process = Process()
        process.executableURL = URL(filePath: tool)
        process.arguments = [isOld ? "-6" : "-4", "-o", path, source]
        try process.run()
        process.waitUntilExit()
        try FileManager.default.removeItem(atPath: source)
        try #require(process.terminationStatus == 0, "ncgen makes \(path)")
        return true
    }

    private var isOld: Bool {
        if case .old = layout { return true }
        return false
    }

    private var hasVersions: Bool {
        if case .old(let expver) = layout { return expver }
        return false
    }

    private var text: String {
        let latitudes = (0..<Self.rows).map { "\(20 - 10 * $0)" }.joined(separator: ", ")
        let longitudes = (0..<Self.columns).map { "\(10 * $0)" }.joined(separator: ", ")
        let time = isOld ? "time" : "valid_time"
        var dimensions = "longitude = \(Self.columns) ; latitude = \(Self.rows) ; \(time) = \(hours.count) ;"
        var header = """
            float longitude(longitude) ; longitude:units = "degrees_east" ;
            float latitude(latitude) ; latitude:units = "degrees_north" ;

            """
        var data = "longitude = \(longitudes) ; latitude = \(latitudes) ;\n"
        if isOld {
            header += "int time(time) ; time:units = \"hours since 1900-01-01 00:00:00.0\" ;\n"
            header += "time:calendar = \"gregorian\" ;\n"
            let epoch = Day(year: 1900, month: 1, day: 1)!.number * 24
            data += "time = \(hours.map { "\($0 - epoch)" }.joined(separator: ", ")) ;\n"
            if hasVersions {
                dimensions += " expver = 2 ;"
                header += "int expver(expver) ;\n"
                data += "expver = 1, 5 ;\n"
            }
        } else {
            header += """
                int64 number ; number:standard_name = "realization" ;
                int64 valid_time(valid_time) ; valid_time:standard_name = "time" ;
                valid_time:units = "seconds since 1970-01-01" ; valid_time:calendar = "proleptic_gregorian" ;
                string expver(valid_time) ;

                """
            data += "number = 0 ; valid_time = \(hours.map { "\($0 * 3600)" }.joined(separator: ", ")) ;\n"
            data += "expver = \(hours.map { _ in "\"0001\"" }.joined(separator: ", ")) ;\n"
        }
        for variable in variables {
            let (declared, values) = described(variable, time: time)
            header += declared
            data += values
        }
        return "netcdf made { dimensions: \(dimensions)\nvariables:\n\(header)data:\n\(data)}\n"
    }

    private func described(
        _ variable: (name: String, unit: String, field: Field), time: String
    ) -> (header: String, data: String) {
        let name = variable.name
        let cells = hours.flatMap { hour in
            (0..<Self.rows).flatMap { row in (0..<Self.columns).map { variable.field(hour, row, $0) } }
        }
        guard isOld else {
            return (
                """
                float \(name)(valid_time, latitude, longitude) ; \(name):_FillValue = NaNf ;
                \(name):units = "\(variable.unit)" ;
                \(name):coordinates = "number valid_time latitude longitude expver" ;
                \(name):_ChunkSizes = \(min(chunkSteps, hours.count)), 3, 10 ; \(name):_DeflateLevel = 1 ;

                """,
                "\(name) = \(cells.map { $0.isNaN ? "_" : "\(Float($0))f" }.joined(separator: ", ")) ;\n"
            )
        }
        let packing = Self.packing(of: cells)
        let stored = cells.map { $0.isNaN ? "-32767" : "\(packing.stored($0))" }
        var lines = stored
        if hasVersions {
            let perStep = Self.rows * Self.columns
            let fill = [String](repeating: "-32767", count: perStep)
            lines = hours.indices.flatMap { step in
                let values = Array(stored[step * perStep..<(step + 1) * perStep])
                return step < hours.count / 2 ? values + fill : fill + values
            }
        }
        return (
            """
            short \(name)(time, \(hasVersions ? "expver, " : "")latitude, longitude) ;
            \(name):scale_factor = \(packing.scale) ; \(name):add_offset = \(packing.offset) ;
            \(name):_FillValue = -32767s ; \(name):missing_value = -32767s ;
            \(name):units = "\(variable.unit)" ;

            """, "\(name) = \(lines.joined(separator: ", ")) ;\n"
        )
    }

    /// As the store packs: the range of the file over 65534 numbers.
    private static func packing(of values: [Double]) -> Packing {
        let valid = values.filter { !$0.isNaN }
        let (least, most) = (valid.min() ?? 0, valid.max() ?? 1)
        return Packing(scale: max(most - least, 1e-9) / 65_532, offset: (least + most) / 2)
    }

    private struct Packing {
        let scale: Double
        let offset: Double

        func stored(_ value: Double) -> Int { Int(((value - offset) / scale).rounded()) }
    }
}

/// Weather with known daily values: amounts of each hour, and what accumulates of them since midnight.
enum KnownWeather {
    /// m in the hour that ends at `hour`; half of the hours are dry.
    static func rain(_ hour: Int, _ row: Int, _ column: Int) -> Double {
        let number = (hour * 7 + row * 13 + column * 5) % 24
        return number < 12 ? 0 : Double(number - 11) * 1e-4
    }

    /// m since 00 UTC; the stamp of midnight closes the day before.
    static func accumulatedRain(_ hour: Int, _ row: Int, _ column: Int) -> Double {
        let ofDay = (hour - 1) % 24 + 1
        return (0..<ofDay).reduce(0) { $0 + rain(hour - $1, row, column) }
    }

    /// m, negative upward, as the archive has evaporation.
    static func accumulatedEvaporation(_ hour: Int, _ row: Int, _ column: Int) -> Double {
        -0.5 * accumulatedRain(hour, row, column) - 1e-5 * Double((hour - 1) % 24 + 1)
    }

    /// K.
    static func temperature(_ hour: Int, _ row: Int, _ column: Int) -> Double {
        280 + Double(hour / 24 % 10) + 5 * Double((hour + column) % 24) / 24 - Double(row)
    }

    /// Hours of some days from 00 to 23 UTC.
    static func hours(_ days: String) -> [Int] {
        DayRange(days)!.flatMap { day in (0..<24).map { day.number * 24 + $0 } }
    }

    static var all: [(name: String, unit: String, field: ReanalysisFile.Field)] {
        [
            ("tp", "m", accumulatedRain), ("e", "m of water equivalent", accumulatedEvaporation),
            ("t2m", "K", temperature),
        ]
    }
}
