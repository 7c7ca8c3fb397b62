import ArgumentParser
import Foundation
import Stations

/// Which stations, and what becomes of their values before they are targets.
struct StationOptions: ParsableArguments {
    @Option(
        name: .long, parsing: .upToNextOption,
        help: "ISMN archives (folders or zip archives) and tables (files, or folders of them).")
    var stations: [String] = []
    @Option(
        name: .long,
        help: """
            The columns of tables: a file with KEY=COLUMN a line, or station=file:OzNet_{}_data.csv,\
            latitude=lat,longitude=lon,time=time,value=sm,depth-from=0,depth-to=0.05.
            """)
    var columns: String?
    @Flag(name: .long, help: "Soil moisture is in percent: divide it by 100.") var percent = false
    @Option(
        name: .long,
        help: "Values with these quality flags are removed: smci, all, none, or names such as C01,C02,D06.")
    var removeFlags = "smci"
    @Option(name: .long, help: "Fill what was removed from the same hour of so many days around (SMCI: 5).")
    var fillDays: Int?
    @Flag(name: .long, help: "Fill by a line through all those days, not the nearest two.") var fillByLine =
        false
    @Option(name: .long, help: "Hours that a day must have.") var hoursMin = 1
    @Flag(name: .long, help: "Stations in one pixel become their mean.") var cellMean = false
    @Flag(name: .long, help: "SMCI's order: --fill-days 5 --cell-mean.") var smci = false

    func validate() throws {
        guard !stations.isEmpty else {
            throw ValidationError("--stations PATH...: name at least one archive or table")
        }
        guard (1...24).contains(hoursMin) else {
            throw ValidationError("--hours-min \(hoursMin): a day has 1 to 24 hours")
        }
        guard fillDays ?? 1 > 0 else { throw ValidationError("--fill-days \(fillDays ?? 0): at least 1") }
        _ = try removing
    }

    var joinsCells: Bool { cellMean || smci }

    /// Nil without --columns.
    func mapping() throws -> ColumnMapping? {
        guard let columns else { return nil }
        let isFile = FileManager.default.fileExists(atPath: columns)
        return try ColumnMapping(
            text: isFile ? TextFile.read(columns) : columns, source: isFile ? columns : "--columns")
    }

    func inputs() throws -> StationInputs {
        try StationInputs(paths: stations, mapping: mapping(), isPercent: percent)
    }

    func making() throws -> DailyMaking {
        let days = fillDays ?? (smci ? 5 : nil)
        return DailyMaking(
            removing: try removing,
            fill: days.map { GapFill(days: $0, rule: fillByLine ? .regress : .interpolate) },
            hoursMin: hoursMin)
    }

    /// How gaps are filled, in words; nil where they stay open.
    var fillText: String? {
        (fillDays ?? (smci ? 5 : nil)).map {
            "within \($0) days, \(fillByLine ? "by a line through them" : "between the nearest two")"
        }
    }

    private var removing: QualityFlags {
        get throws {
            switch removeFlags {
            case "smci": return .smci
            case "all": return .all
            case "none": return []
            default:
                let flags = QualityFlags(text: removeFlags)
                guard !flags.contains(.unknown), flags.isSubset(of: .all) else {
                    throw ValidationError(
                        "--remove-flags \(removeFlags): smci, all, none, or names such as C01,C02,D06")
                }
                return flags
            }
        }
    }
}
