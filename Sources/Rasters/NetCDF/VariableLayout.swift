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

    /// With `grid` the cells lie there, and coordinates of the file do not count.
    init(of variable: StoredVariable, in file: NetCDFHandle, placedOn grid: Grid?) throws(RasterError) {
        guard variable.type != NC_CHAR, variable.type != NC_STRING, variable.type <= NC_STRING else {
            throw RasterError(
                .unsupported, path: file.path, problem: "variable '\(variable.name)' holds no numbers")
        }
        let auxiliary = VariableLayout.auxiliary(of: variable, in: file)
        var x: (position: Int, role: AxisRole, coordinate: StoredVariable)?
        var y: (position: Int, role: AxisRole, coordinate: StoredVariable)?
        var time: (position: Int, coordinate: StoredVariable)?
        var extra: [Int] = []
        var versions: VersionAxis?
        for (position, dimension) in variable.dimensions.enumerated() {
            let coordinate = VariableLayout.coordinate(of: dimension, variable, auxiliary, in: file)
            let role = coordinate.flatMap { AxisRole(of: $0, in: file) }
            switch (coordinate, role) {
            case (let coordinate?, let role?) where role.isX && x == nil: x = (position, role, coordinate)
            case (let coordinate?, let role?) where role.isY && y == nil: y = (position, role, coordinate)
            case (let coordinate?, .time?) where time == nil: time = (position, coordinate)
            case (let coordinate, nil) where dimension.name == "expver" && dimension.length > 1:
                versions = try VersionAxis(at: position, dimension, coordinate, in: file)
            default: extra.append(position)
            }
        }
        self.versions = versions
        let plane: (x: Int, y: Int)
        if let x, let y, grid == nil {
            plane = (x.position, y.position)
            let mapping = try GridMapping(
                of: variable, in: file, hasDegrees: x.role == .longitude && y.role == .latitude)
            placement = try VariableLayout.placement(
                x.coordinate, y.coordinate, mapping, of: variable, in: file)
        } else if let grid {
            let places = PlanePlaces(variable, known: [x?.position, y?.position], extra: extra)
            plane = try places.plane(of: grid, path: file.path)
            placement = GridPlacement(stored: grid)
        } else {
            let places = PlanePlaces(variable, known: [x?.position, y?.position], extra: extra)
            (plane, placement) = try places.placed(by: auxiliary, in: file, lacksX: x == nil)
        }
        if let long = extra.first(where: {
            $0 != plane.x && $0 != plane.y && variable.dimensions[$0].length > 1
        }) {
            let dimension = variable.dimensions[long]
            throw RasterError(
                .unsupported, path: file.path,
                problem:
                    "variable '\(variable.name)' (\(variable.shapeText)) has \(dimension.length) values of "
                    + "'\(dimension.name)': cut one out first, with ncks -d \(dimension.name),0 for instance")
        }
        axes = (plane.x, plane.y, time?.position)
        times =
            try (time?.coordinate ?? VariableLayout.scalarTime(among: auxiliary, in: file)).map {
                (coordinate) throws(RasterError) in try VariableLayout.times(coordinate, in: file)
            } ?? []
    }

    /// What the attribute `coordinates` lists, with or without the path of the group.
    private static func auxiliary(of variable: StoredVariable, in file: NetCDFHandle) -> [StoredVariable] {
        (file.text("coordinates", of: variable) ?? "").split(whereSeparator: { $0 == " " || $0 == "," })
            .compactMap {
                $0.hasPrefix("/")
                    ? file.variable(named: String($0.dropFirst()))
                    : file.variable(named: String($0), seenFrom: variable)
            }
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
        of dimension: StoredDimension, _ variable: StoredVariable, _ auxiliary: [StoredVariable],
        in file: NetCDFHandle
    ) -> StoredVariable? {
        let named = file.variable(named: dimension.name, seenFrom: variable).map { [$0] } ?? []
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

extension StoredVariable {
    /// `time 12, y 9, x 6`.
    var shapeText: String { dimensions.map { "\($0.name) \($0.length)" }.joined(separator: ", ") }
}
