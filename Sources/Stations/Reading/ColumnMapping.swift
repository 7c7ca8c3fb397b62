/// Which columns of a table hold what.
public struct ColumnMapping: Hashable, Sendable {
    /// Where a value comes from.
    public enum Source: Hashable, Sendable {
        case column(String)
        /// The same for all rows.
        case constant(String)
        /// The part of the file's name that stands at `{}`: `OzNet_{}_cleaned_data.csv`.
        case fileName(String)
    }

    /// Unit of the soil moisture in the table.
    public enum Unit: Hashable, Sendable {
        /// m3 m-3.
        case fraction
        /// % vol, divided by 100 while reading.
        case percent
    }

    /// Unit of the depths in the table.
    public enum DepthUnit: Double, Hashable, Sendable {
        case metre = 1
        case centimetre = 0.01
    }

    public var station: Source
    public var network: Source = .constant("")
    public var latitude: Source
    public var longitude: Source
    public var elevation: Source?
    public var climateClass: Source?
    /// ISO dates, or dates and times; see `hoursFromUTC`.
    public var time: Source
    public var value: Source
    /// Quality flags as ISMN writes them.
    public var flags: Source?
    public var depthFrom: Source
    /// Nil for sensors that lie at one depth.
    public var depthTo: Source?
    public var depthUnit: DepthUnit = .metre
    public var quantity: Quantity = .soilMoisture
    public var unit: Unit = .fraction
    /// How far the clock of times without a zone is ahead of UTC.
    public var hoursFromUTC: Double = 0
    /// Texts that mean "no value", besides an empty field.
    public var missing: Set<String> = ["NA", "NaN", "nan", "null", "None", "-9999", "-9999.0", "-999"]

    public init(
        station: Source, latitude: Source, longitude: Source, time: Source, value: Source, depthFrom: Source,
        depthTo: Source? = nil
    ) {
        self.station = station
        self.latitude = latitude
        self.longitude = longitude
        self.time = time
        self.value = value
        self.depthFrom = depthFrom
        self.depthTo = depthTo
    }

    /// The columns that the mapping names, with the key that names them.
    var columns: [(key: String, name: String)] {
        let sources: [(String, Source?)] = [
            ("station", station), ("network", network), ("latitude", latitude), ("longitude", longitude),
            ("elevation", elevation), ("climateClass", climateClass), ("time", time), ("value", value),
            ("flags", flags), ("depthFrom", depthFrom), ("depthTo", depthTo),
        ]
        return sources.compactMap { key, source in
            guard case .column(let name)? = source else { return nil }
            return (key, name)
        }
    }
}
