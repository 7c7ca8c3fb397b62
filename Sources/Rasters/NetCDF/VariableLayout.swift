internal import CNetCDF
internal import Tiling

/// What the dimensions of a variable mean: where its cells are, and when its steps.
struct VariableLayout {
    let placement: GridPlacement
    let times: [TimeStep]
    /// Positions among the variable's dimensions.
    let axes: (x: Int, y: Int, time: Int?)
    /// The `expver` dimension of ERA5 and ERA5-Land, where the file has final and preliminary data.
    let versions: VersionAxis?

    init(of variable: StoredVariable, in file: NetCDFHandle) throws(RasterError) {
        guard variable.type != NC_CHAR, variable.type != NC_STRING, variable.type <= NC_STRING else {
            throw RasterError(
                .unsupported, path: file.path, problem: "variable '\(variable.name)' holds no numbers")
        }
        let auxiliary = (file.text("coordinates", of: variable) ?? "").split(separator: " ")
            .compactMap { file.variable(named: String($0)) }
        var x: (position: Int, role: AxisRole, coordinate: StoredVariable)?
        var y: (position: Int, role: AxisRole, coordinate: StoredVariable)?
        var time: (position: Int, coordinate: StoredVariable)?
        var extra: [StoredDimension] = []
        var versions: VersionAxis?
        for (position, dimension) in variable.dimensions.enumerated() {
            let coordinate = VariableLayout.coordinate(of: dimension, auxiliary, in: file)
            let role = coordinate.flatMap { AxisRole(of: $0, in: file) }
            switch (coordinate, role) {
            case (let coordinate?, let role?) where role.isX && x == nil: x = (position, role, coordinate)
            case (let coordinate?, let role?) where role.isY && y == nil: y = (position, role, coordinate)
            case (let coordinate?, .time?) where time == nil: time = (position, coordinate)
            case (let coordinate, nil) where dimension.name == "expver" && dimension.length > 1:
                versions = try VersionAxis(at: position, dimension, coordinate, in: file)
            default: extra.append(dimension)
            }
        }
        let list = variable.dimensions.map { "\($0.name) \($0.length)" }.joined(separator: ", ")
        guard let x, let y else {
            throw RasterError(
                .unsupported, path: file.path,
                problem:
                    "variable '\(variable.name)' (\(list)) is not on a regular grid: it needs "
                    + "one-dimensional coordinates for \(x == nil ? "x or longitude" : "y or latitude")")
        }
        if let long = extra.first(where: { $0.length > 1 }) {
            throw RasterError(
                .unsupported, path: file.path,
                problem:
                    "variable '\(variable.name)' (\(list)) has \(long.length) values of '\(long.name)': "
                    + "cut one out first, with ncks -d \(long.name),0 for instance")
        }
        axes = (x.position, y.position, time?.position)
        self.versions = versions
        let mapping = try GridMapping(
            of: variable, in: file, hasDegrees: x.role == .longitude && y.role == .latitude)
        placement = try VariableLayout.placement(x.coordinate, y.coordinate, mapping, of: variable, in: file)
        times =
            try (time?.coordinate ?? VariableLayout.scalarTime(among: auxiliary, in: file)).map {
                (coordinate) throws(RasterError) in try VariableLayout.times(coordinate, in: file)
            } ?? []
    }

    /// The time of the one step of a variable without time dimension. Forecasts have two: their
    /// start, and the one that is meant here.
    private static func scalarTime(
        among auxiliary: [StoredVariable], in file: NetCDFHandle
    ) -> StoredVariable? {
        let scalars = auxiliary.filter {
            $0.dimensions.allSatisfy { $0.length == 1 } && AxisRole(of: $0, in: file) == .time
        }
        return scalars.first { file.text("standard_name", of: $0) == "time" } ?? scalars.first
    }

    /// The variable of the dimension's name, or one of those that `coordinates` lists.
    private static func coordinate(
        of dimension: StoredDimension, _ auxiliary: [StoredVariable], in file: NetCDFHandle
    ) -> StoredVariable? {
        let named = file.variable(named: dimension.name).map { [$0] } ?? []
        return (named + auxiliary).first { candidate in
            candidate.dimensions == [dimension] && candidate.type != NC_CHAR && candidate.type != NC_STRING
        }
    }

    private static func placement(
        _ x: StoredVariable, _ y: StoredVariable, _ mapping: GridMapping, of variable: StoredVariable,
        in file: NetCDFHandle
    ) throws(RasterError) -> GridPlacement {
        let xs = try file.coordinates(x)
        let ys = try file.coordinates(y)
        func axis(_ values: [Double], _ other: [Double], _ coordinate: StoredVariable) throws(RasterError)
            -> RegularAxis
        {
            let spacing = other.count > 1 ? abs(other[1] - other[0]) : nil
            if let axis = RegularAxis(values, spacingOfOther: spacing) { return axis }
            throw RasterError(
                .unsupported, path: file.path,
                problem:
                    "coordinate '\(coordinate.name)' of variable '\(variable.name)' (\(values.count) values "
                    + "from \(values.first ?? .nan) to \(values.last ?? .nan)) is not evenly spaced: "
                    + "interpolate the variable to a regular grid first")
        }
        return GridPlacement(
            x: try axis(xs, ys, x), y: try axis(ys, xs, y), crs: mapping.crs,
            isGeographic: mapping.isGeographic)
    }

    private static func times(_ coordinate: StoredVariable, in file: NetCDFHandle) throws(RasterError)
        -> [TimeStep]
    {
        let base: TimeBase
        do {
            base = try TimeBase(
                units: file.text("units", of: coordinate) ?? "",
                calendar: file.text("calendar", of: coordinate))
        } catch {
            throw RasterError(
                .unsupported, path: file.path, problem: "time coordinate '\(coordinate.name)': \(error.text)")
        }
        var steps: [TimeStep] = []
        for (number, value) in try file.coordinates(coordinate).enumerated() {
            guard let step = base.step(value) else {
                throw RasterError(
                    .unsupported, path: file.path,
                    problem: "time coordinate '\(coordinate.name)' has no time at step \(number)")
            }
            steps.append(step)
        }
        return steps
    }
}
