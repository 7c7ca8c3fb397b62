/// A named predictor: where its values come from, and every rule between the file and the forest.
///
/// The rules apply in this order: unpack (the file's own scale and offset) → hours to days → `quality` →
/// `scale`, `offset` → `valid` → `clip` → `derivation` → `smoothing` → interpolation in time → resampling
/// onto the tile.
public struct Covariate: Hashable, Codable, Sendable {
    /// How features and other covariates refer to it.
    public let name: String
    /// Unit of the values that the forest sees, UDUNITS spelling: `mm`, `degC`, `1`.
    public let unit: String
    public let source: Source
    /// Flags that say which values count: all of the tests must pass. Nil for none.
    public let quality: [QualityTest]?
    /// Multiplies the unpacked value.
    public let scale: Double
    /// Added after `scale`.
    public let offset: Double
    /// Values outside are missing, compared after `scale` and `offset`.
    public let valid: ValidRange?
    /// Valid values below it become it: the tiny negative rain that packing leaves.
    public let clip: Double?
    public let derivation: Derivation?
    public let smoothing: Smoothing?
    public let interpolation: Interpolation
    public let resampling: Resampling
    /// What a pixel gets that the source does not reach.
    public let outside: MissingRule
    /// Another covariate that it is not below, in most pixels and on most days: where it is, the two are
    /// swapped. Nil for none.
    public private(set) var above: String?

    public init(
        name: String, unit: String, source: Source, quality: [QualityTest]? = nil, scale: Double = 1,
        offset: Double = 0, valid: ValidRange? = nil, clip: Double? = nil, derivation: Derivation? = nil,
        smoothing: Smoothing? = nil, interpolation: Interpolation = .none,
        resampling: Resampling = .nearest, outside: MissingRule = .fail, above: String? = nil
    ) {
        self.name = name
        self.unit = unit
        self.source = source
        self.quality = quality
        self.scale = scale
        self.offset = offset
        self.valid = valid
        self.clip = clip
        self.derivation = derivation
        self.smoothing = smoothing
        self.interpolation = interpolation
        self.resampling = resampling
        self.outside = outside
        self.above = above
    }

    /// The same values, held against nothing.
    var unjudged: Covariate {
        var copy = self
        copy.above = nil
        return copy
    }

    /// Where the values come from.
    public enum Source: Hashable, Codable, Sendable {
        /// Files on disk.
        case files(FileSource)
        /// First minus second; both are covariates of the pool.
        case difference(String, String)
        /// Half the sum of two covariates of the pool.
        case mean(String, String)
        /// A covariate of the pool with its gaps filled.
        case continuous(ContinuousSeries)
        /// Latitude of the pixel centre, degrees north.
        case latitude
        /// Longitude of the pixel centre, degrees east.
        case longitude
        /// 1 for January 1st.
        case dayOfYear

        /// Those without which it is missing: a gap in the observed series is what `continuous` fills.
        public var indispensable: [String] {
            if case .continuous(let series) = self { return [series.weather] }
            return operands
        }

        /// The covariates that it is computed of.
        public var operands: [String] {
            switch self {
            case .difference(let first, let second), .mean(let first, let second): [first, second]
            case .continuous(let series): [series.observed, series.weather]
            case .files, .latitude, .longitude, .dayOfYear: []
            }
        }
    }

    /// Limits, both included.
    public struct ValidRange: Hashable, Codable, Sendable {
        public let minimum: Double
        public let maximum: Double

        public init(minimum: Double, maximum: Double) {
            self.minimum = minimum
            self.maximum = maximum
        }

        /// Whether a value is valid.
        public func contains(_ value: Double) -> Bool { minimum <= value && value <= maximum }
    }

    /// A value that depends on the days before. A day without complete history is missing, never shortened.
    public enum Derivation: Hashable, Codable, Sendable {
        /// `scale * sum_{i=0..<terms} decay^i * x(t-i)`: the antecedent precipitation (evaporation) index.
        case antecedentIndex(terms: Int, decay: Double, scale: Double)
        /// The sum over `days` days that end with the day itself.
        case runningSum(days: Int)

        /// Days needed before the first output day.
        public var historyDays: Int {
            switch self {
            case .antecedentIndex(let terms, _, _): terms - 1
            case .runningSum(let days): days - 1
            }
        }
    }

    /// What happens between the steps of a source.
    public enum Interpolation: String, Hashable, Codable, Sendable {
        case none
        /// Linear in time between the steps of a source that comes every so many days.
        case linear
        /// The same as the code of GSSM1km has it: January 1st counts as 13 days after the last step of 16
        /// days, which is wrong in leap years, where it is 14.
        case linearPublished = "linear-published"
    }

    /// How cells of the source become pixels.
    public enum Resampling: String, Hashable, Codable, Sendable, CaseIterable {
        /// The source cell that holds the pixel centre.
        case nearest
        /// Four cells around the pixel centre; missing when one that has weight is missing.
        case bilinear
        /// Area-weighted mean of the valid cells under the pixel.
        case average
        /// The class with most area among the valid cells under the pixel; of equal ones the lowest.
        case mode
    }
}

/// What to do about a value that is not there.
public enum MissingRule: String, Hashable, Codable, Sendable {
    /// The unit fails and says why.
    case fail
    /// The pixel or the day becomes no-data, and the receipt lists it.
    case nodata
}

/// Files on disk that hold one covariate: a path with date placeholders, and where to look inside.
public struct FileSource: Hashable, Codable, Sendable {
    public let path: PathTemplate
    public let content: Content
    /// Days between two steps, counted anew from January 1st of each year; 1 for a daily source.
    public let everyDays: Int
    /// What makes days of hours; nil for files that are daily already.
    public let daily: DailyRule?
    /// Takes one of the hours, by longitude, instead of `daily`.
    public let overpass: Overpass?
    /// Where the cells lie, if the files do not say, or say it wrong; nil where they do.
    public let grid: Grid?

    public init(
        path: PathTemplate, content: Content, everyDays: Int = 1, daily: DailyRule? = nil,
        overpass: Overpass? = nil, grid: Grid? = nil
    ) {
        precondition(everyDays >= 1, "steps are at least a day apart")
        precondition(daily == nil || overpass == nil, "hours become days by one rule")
        self.path = path
        self.content = content
        self.everyDays = everyDays
        self.daily = daily
        self.grid = grid
        self.overpass = overpass
    }

    /// The netCDF variables that are prepared for it, in the order in which they are read: an overpass needs
    /// each of its stamps.
    public var variables: [SourceVariable] {
        guard case .netCDF(let names) = content else { return [] }
        guard let overpass else { return names.map { SourceVariable($0, daily: daily) } }
        return overpass.stamps.flatMap { stamp in
            names.map { SourceVariable($0, daily: DailyRule(.mean, hours: stamp...stamp)) }
        }
    }

    /// What to read in the files.
    public enum Content: Hashable, Codable, Sendable {
        /// A band of a raster that GDAL reads, counted from 1.
        case raster(band: Int)
        /// A sum of netCDF variables, mostly of one.
        case netCDF(variables: [String])
        /// The same layer of many files, each of which holds a part of one grid: MODIS tiles.
        case granules(GranuleLayer)
        /// Nothing that is there yet: the run makes it of these maps, whose paths are relative to the data
        /// root, and leaves it at `PlannedTerrain.mapPath`.
        case topographicIndex(PlannedTerrain)
    }
}

/// What is read of each granule.
public enum GranuleLayer: Hashable, Codable, Sendable {
    /// A named field of a container, HDF-EOS for instance.
    case field(String)
    /// A band of a plain raster, counted from 1.
    case band(Int)

    public var name: String {
        switch self {
        case .field(let name): name
        case .band(let number): "band \(number)"
        }
    }
}

/// A path relative to the data root, with `{year}`, `{month}`, `{day}` and `{doy}` (three digits) to fill in.
///
/// What varies without our knowing is found in the folder: `*` is any run of letters within a name, `{hour}`
/// and `{minute}` are two digits each, where the files of a day each hold some of its hours.
public struct PathTemplate: Hashable, Sendable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public static let placeholders = ["year", "month", "day", "doy"]
    /// The time of day, in names of files that each hold a part of it.
    public static let clockPlaceholders = ["hour", "minute"]
    /// Stands for `h29v12` and all other tiles of the MODIS grid, in paths of granules.
    public static let tilePlaceholder = "hv"

    /// Whether the path has a placeholder.
    public func has(_ placeholder: String) -> Bool { text.contains("{\(placeholder)}") }

    /// Whether the path names one file, the same for all days.
    public var isFixed: Bool { !PathTemplate.placeholders.contains(where: has) }

    /// Whether every day has a file of its own.
    public var isPerDay: Bool { has("day") || has("doy") }

    /// Whether the files that it stands for are known only by looking into their folder.
    public var isPattern: Bool {
        text.contains("*") || (Self.clockPlaceholders + [Self.tilePlaceholder]).contains(where: has)
    }

    /// The period that one prepare unit reads: the file's own, or a month where files hold single days.
    public var calendar: Calendar { isPerDay || has("month") ? .months : has("year") ? .years : .whole }

    /// The path of a day.
    public func path(for day: Day) -> String {
        let (year, month, dayOfMonth) = day.date
        var path = text
        for (name, value) in [
            ("year", zeroPadded(year, 4)), ("month", zeroPadded(month, 2)),
            ("day", zeroPadded(dayOfMonth, 2)),
            ("doy", zeroPadded(day.dayOfYear, 3)),
        ] where has(name) {
            path = path.replacing("{\(name)}", with: value)
        }
        return path
    }
}

extension PathTemplate: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
