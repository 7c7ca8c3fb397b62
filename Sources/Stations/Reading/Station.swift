/// A place where soil moisture is measured.
public struct Station: Hashable, Sendable {
    /// What a station is called: names are unique within a network only.
    public struct ID: Hashable, Comparable, Sendable, CustomStringConvertible {
        public let network: String
        public let name: String

        public init(network: String, name: String) {
            self.network = network
            self.name = name
        }

        public static func < (a: ID, b: ID) -> Bool { (a.network, a.name) < (b.network, b.name) }
        public var description: String { network.isEmpty ? name : "\(network)/\(name)" }
    }

    public let id: ID
    /// Degrees north, WGS 84.
    public let latitude: Double
    /// Degrees east, -180…180, WGS 84.
    public let longitude: Double
    /// Metres; nil where nobody says.
    public let elevation: Double?
    /// Köppen-Geiger class such as `Cfa`; nil where nobody says.
    public let climateClass: String?
    /// Code of the latest ESA CCI land cover; nil where nobody says.
    public let landCover: String?
    /// Soil by depth; empty where nobody says.
    public let soil: [SoilHorizon]

    public init(
        id: ID, latitude: Double, longitude: Double, elevation: Double? = nil, climateClass: String? = nil,
        landCover: String? = nil, soil: [SoilHorizon] = []
    ) {
        self.id = id
        self.latitude = latitude
        self.longitude = longitude
        self.elevation = elevation
        self.climateClass = climateClass
        self.landCover = landCover
        self.soil = soil
    }

    /// The saturation point at a depth in metres, % vol; nil where the soil is unknown.
    public func saturation(depth: Double) -> Double? {
        let horizon = soil.first { $0.depth.contains(depth) } ?? soil.last { $0.depth.to <= depth }
        return horizon?.saturation
    }

    /// Why a position cannot be one; nil when it can.
    static func problem(latitude: Double, longitude: Double) -> String? {
        guard latitude.isFinite, longitude.isFinite else {
            return "has no position: latitude \(latitude), longitude \(longitude)"
        }
        if abs(latitude) > 90 {
            let swapped = abs(longitude) <= 90 ? " (are latitude and longitude swapped?)" : ""
            return "latitude \(latitude) is not between -90 and 90\(swapped)"
        }
        return abs(longitude) > 360 ? "longitude \(longitude) is not between -180 and 360" : nil
    }

    /// A longitude of 0…360 as -180…180.
    static func wrapped(longitude: Double) -> Double {
        longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude
    }
}
