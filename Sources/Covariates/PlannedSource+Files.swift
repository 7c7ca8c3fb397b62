import Rasters
import Tiling

/// A file that a source should have.
struct ExpectedFile: Equatable {
    /// Relative to the data root; a pattern, until the file is found.
    var path: String
    /// The days that it stands for; nil for a file that is the same for all days.
    let days: DayRange?
    /// The days that should have a step in it, ascending; empty for a fixed file.
    let steps: [Day]
    /// Where its cells lie, if the product says so.
    var grid: Grid?
    /// The time of day that the found file's name says, if the pattern asks for it.
    var hour: Int?
    var minute: Int?
    /// Found files that are older versions of this one.
    var olderVersions: [String] = []

    /// The times in the file; where it has none, or one that is off by seconds (SMAP counts leap seconds),
    /// that of its name.
    func stamped(_ times: [TimeStep], by rule: DailyRule?) -> [TimeStep] {
        guard let hour, let day = days?.first, times.count <= 1 else { return times }
        let second = hour * 3600 + (minute ?? rule?.minuteOfHour ?? 0) * 60
        if let time = times.first {
            guard abs((time.day - day) * 86_400 + time.secondOfDay - second) < 60 else { return times }
        }
        return [TimeStep(day: day, secondOfDay: second)]
    }

    /// Whether a step belongs into this file, by its name.
    func isNamed(for stamp: TimeStep) -> Bool {
        days?.contains(stamp.day) == true && (hour ?? stamp.secondOfDay / 3600) == stamp.secondOfDay / 3600
            && (minute ?? stamp.secondOfDay / 60 % 60) == stamp.secondOfDay / 60 % 60
    }

    /// Throws when the file says itself that it is of another day than its name says.
    func check(_ period: DayRange?) throws {
        guard let period, let days, !period.overlaps(days) else { return }
        throw CovariateError.unusable(
            path: path,
            problem: "is of \(period) by its own words, and of \(days) by its name: download it again")
    }

    /// Opens a netCDF file; with `bytes`, what is decoded of it goes into their digest.
    func netCDF(in root: String, bytes: SourceBytes? = nil) throws(RasterError) -> NetCDFFile {
        try NetCDFFile(path: absolutePath(of: path, in: root), grid: grid, bytes: bytes)
    }
}

extension PlannedSource {
    /// The files of one block, in the order of their days.
    func files(inBlock block: Int) -> [ExpectedFile] {
        // What the run makes is no file of the archive.
        if case .topographicIndex = content { return [] }
        if path.isFixed { return [ExpectedFile(path: path.text, days: nil, steps: [], grid: grid)] }
        let days = calendar.days(ofBlock: block)
        guard path.isPerDay else {
            return [
                ExpectedFile(
                    path: path.path(for: days.first), days: days, steps: steps(in: days), grid: grid)
            ]
        }
        return expectedSteps(in: days).map { day in
            ExpectedFile(
                path: path.path(for: day), days: DayRange(day, through: day), steps: [day], grid: grid)
        }
    }

    /// Files that each hold a part of a day, by the pace of their steps; 1 where a file holds whole days.
    var filesPerDay: Int {
        guard path.has("hour"), case .netCDF(let variables) = content,
            let rule = variables.lazy.compactMap(\.daily).first
        else { return 1 }
        return path.has("minute") ? 1440 / rule.everyMinutes : min(24, 1440 / rule.everyMinutes)
    }

    /// Every `everyDays` days, counted anew from January 1st.
    func expectedSteps(in days: DayRange) -> [Day] { days.filter { ($0.dayOfYear - 1) % everyDays == 0 } }

    /// A raster that covers a period stands for its first day, or for each day when the source is daily.
    private func steps(in days: DayRange) -> [Day] {
        if case .netCDF = content { return expectedSteps(in: days) }
        return everyDays > 1 ? [days.first] : expectedSteps(in: days)
    }

    /// Days, counted from a day, whose files may hold hours of it.
    private var hourOffsets: [Int] {
        guard !path.isFixed, case .netCDF(let variables) = content else { return [] }
        // A midnight may end the file of the day before it.
        return variables.flatMap { $0.daily?.terms ?? [] }.flatMap { term in
            term.secondOfDay == 0 ? [term.dayOffset - 1, term.dayOffset] : [term.dayOffset]
        }
    }

    /// The days of a block that may have hours in a file.
    func days(ofBlock block: Int, withHoursIn file: ExpectedFile) -> DayRange? {
        guard let least = hourOffsets.min(), let most = hourOffsets.max(), let days = file.days else {
            return nil
        }
        return calendar.days(ofBlock: block).intersection(
            DayRange(days.first - most, through: days.last - least))
    }

    /// Those of `neighbours(ofBlock:)` that may hold hours of one day.
    func neighbours(ofBlock block: Int, withHoursOf day: Day) -> [ExpectedFile] {
        let days = hourOffsets.map { day + $0 }
        return neighbours(ofBlock: block).filter { file in days.contains { file.days?.contains($0) ?? false }
        }
    }

    /// Files of other blocks that hold hours of this block's days: 00 UTC of the day after it, mostly. As
    /// they are expected, not found.
    func neighbours(ofBlock block: Int) -> [ExpectedFile] {
        guard let least = hourOffsets.min(), let most = hourOffsets.max() else { return [] }
        let own = calendar.days(ofBlock: block)
        let around = own.extended(before: max(0, -least), after: max(0, most)).filter { !own.contains($0) }
        var files: [ExpectedFile] = []
        for day in around {
            for file in self.files(inBlock: calendar.block(of: day))
            where file.days?.contains(day) == true && !files.contains(file) {
                files.append(file)
            }
        }
        return files
    }
}

extension FileSource {
    /// The planes that are summed, as manifests name them.
    var planeNames: [String] {
        switch content {
        case .raster(let band): [FileSource.variable(ofBand: band)]
        case .netCDF: variables.map(\.planeName)
        case .granules(let layer): [layer.name]
        case .topographicIndex: [FileSource.variable(ofBand: 1)]
        }
    }

    /// What people call the values: the variables' names, or the file's.
    var valueName: String {
        switch content {
        case .netCDF(let names): names.joined(separator: " + ")
        case .raster, .granules: path.text
        case .topographicIndex(let terrain): terrain.words
        }
    }

    static func variable(ofBand band: Int) -> String { "band \(band)" }
}

extension Calendar {
    /// All days of a block. Only the calendar of a fixed source, `whole`, has no end; nobody asks for its
    /// days.
    func days(ofBlock block: Int) -> DayRange {
        days(ofBlock: block, within: DayRange(Day(number: -1_000_000), through: Day(number: 10_000_000)))
            ?? DayRange(Day(number: 0), through: Day(number: 0))
    }
}
