internal import CNetCDF

/// What a dimension of a variable stands for.
enum AxisRole {
    case longitude, latitude, projectedX, projectedY, time

    var isX: Bool { self == .longitude || self == .projectedX }
    var isY: Bool { self == .latitude || self == .projectedY }

    /// The role of a coordinate variable: by its unit, else its standard name, else its axis, else its name.
    init?(of coordinate: StoredVariable, in file: NetCDFHandle) {
        let units = (file.text("units", of: coordinate) ?? "").lowercased()
        let name = (coordinate.name.split(separator: "/").last ?? "").lowercased()
        let isInDegrees = units.hasPrefix("degree")
        if units.contains(" since ") {
            self = .time
        } else if ["degrees_east", "degree_east", "degrees_e", "degree_e", "degreese", "degreee"].contains(
            units)
        {
            self = .longitude
        } else if ["degrees_north", "degree_north", "degrees_n", "degree_n", "degreesn", "degreen"].contains(
            units)
        {
            self = .latitude
        } else if let role = AxisRole.byStandardName[file.text("standard_name", of: coordinate) ?? ""] {
            self = role
        } else if let role = AxisRole.byName[name], role == .longitude || role == .latitude {
            self = role
        } else if let axis = file.text("axis", of: coordinate)?.uppercased(), ["X", "Y", "T"].contains(axis) {
            self =
                axis == "T"
                ? .time
                : axis == "X"
                    ? (isInDegrees ? .longitude : .projectedX) : (isInDegrees ? .latitude : .projectedY)
        } else if let role = AxisRole.byName[name] {
            self = role
        } else {
            return nil
        }
    }

    private static let byStandardName: [String: AxisRole] = [
        "longitude": .longitude, "latitude": .latitude, "projection_x_coordinate": .projectedX,
        "projection_y_coordinate": .projectedY, "grid_longitude": .projectedX, "grid_latitude": .projectedY,
        "time": .time,
    ]
    private static let byName: [String: AxisRole] = [
        "lon": .longitude, "longitude": .longitude, "nav_lon": .longitude, "lat": .latitude,
        "latitude": .latitude,
        "nav_lat": .latitude, "x": .projectedX, "xc": .projectedX, "easting": .projectedX,
        "rlon": .projectedX,
        "y": .projectedY, "yc": .projectedY, "northing": .projectedY, "rlat": .projectedY, "time": .time,
    ]
}

/// Cell centres at equal distances along one axis, seen in ascending order.
struct RegularAxis {
    /// The lowest centre.
    let first: Double
    let spacing: Double
    let count: Int
    /// Stored from the highest to the lowest.
    let isDescending: Bool

    /// Share of a cell by which a centre may miss its place; more is another grid.
    static let tolerance = 0.01

    /// Nil when the values are not at equal distances. One value alone has the spacing of the other axis, if
    /// any.
    init?(_ values: [Double], spacingOfOther: Double?) {
        guard let start = values.first, let end = values.last, start.isFinite, end.isFinite else {
            return nil
        }
        if values.count == 1 {
            guard let spacingOfOther else { return nil }
            self.init(first: start, spacing: spacingOfOther, count: 1, isDescending: false)
            return
        }
        let step = (end - start) / Double(values.count - 1)
        guard step != 0 else { return nil }
        for (position, value) in values.enumerated() {
            // Not `>`: a NaN among the coordinates must fail as well.
            guard abs(value - (start + Double(position) * step)) <= RegularAxis.tolerance * abs(step) else {
                return nil
            }
        }
        self.init(first: min(start, end), spacing: abs(step), count: values.count, isDescending: step < 0)
    }

    init(first: Double, spacing: Double, count: Int, isDescending: Bool) {
        self.first = first
        self.spacing = spacing
        self.count = count
        self.isDescending = isDescending
    }

    /// Outer edge of the lowest cell.
    var lowerEdge: Double { first - spacing / 2 }
    var upperEdge: Double { first + (Double(count) - 0.5) * spacing }
}
