internal import CNetCDF
internal import Glibc

/// A dimension of a netCDF file.
struct StoredDimension: Equatable {
    let id: Int32
    let name: String
    let length: Int
}

/// A variable of a netCDF file, as its header has it.
struct StoredVariable {
    /// The id of the group that it is in, which stands for the file in calls about it.
    let group: Int32
    let id: Int32
    /// Of variables in groups with their path: `Geophysical_Data/sm_surface`.
    let name: String
    let type: nc_type
    let dimensions: [StoredDimension]
}

/// An open netCDF file and its header. Closed with the last one who holds it.
final class NetCDFHandle {
    let path: String
    let id: Int32
    let variables: [StoredVariable]
    /// Where decoding takes the bytes of chunks from, if it can.
    let bytes: SourceBytes?

    init(path: String, bytes: SourceBytes? = nil) throws(RasterError) {
        try RasterError.checkExists(path, mayNameParts: false)
        try NetCDFHandle.refuseHDF4(path)
        try NetCDFHandle.refuseTruncated(path)
        self.path = path
        self.bytes = bytes
        (id, variables) = try HDF5Lock.withLock { () throws(RasterError) -> (Int32, [StoredVariable]) in
            var id: Int32 = 0
            errno = 0
            let status = nc_open(path, NC_NOWRITE, &id)
            guard status == NC_NOERR else {
                throw NetCDFHandle.failure(status, path, .unreadable, cannot: "be opened as netCDF")
            }
            do throws(RasterError) {
                return (id, try NetCDFHandle.header(of: id, path: path))
            } catch {
                nc_close(id)
                throw error
            }
        }
    }

    deinit {
        HDF5Lock.withLock {
            _ = nc_close(id)
        }
    }

    func variable(named name: String) -> StoredVariable? { variables.first { $0.name == name } }

    /// The variable of a name as another one sees it: in its own group, else in the groups around that.
    func variable(named name: String, seenFrom other: StoredVariable) -> StoredVariable? {
        var path = other.name.split(separator: "/").dropLast().map(String.init)
        while true {
            if let found = variable(named: (path + [name]).joined(separator: "/")) { return found }
            guard path.popLast() != nil else { return nil }
        }
    }

    /// Throws when a call failed. Asked at once, so that `errno` still belongs to it.
    func check(_ status: Int32, cannot attempt: String) throws(RasterError) {
        if status != NC_NOERR { throw NetCDFHandle.failure(status, path, .unreadable, cannot: attempt) }
    }

    static func failure(
        _ status: Int32, _ path: String, _ kind: RasterError.Kind, cannot attempt: String
    ) -> RasterError {
        // Positive codes are system errors; HDF5 leaves the cause of its own in errno, if anywhere.
        let code = status > 0 ? status : errno
        return RasterError(
            kind, path: path,
            problem: "cannot \(attempt): \(String(cString: nc_strerror(status)))"
                + (status > 0 ? "" : RasterError.cause(code)),
            isRetriable: RasterError.mayPass(code))
    }

    /// HDF4 shares the extension .hdf with HDF5 and nothing else; the library's own message would mislead.
    private static func refuseHDF4(_ path: String) throws(RasterError) {
        guard let file = fopen(path, "rb") else { return }
        defer { fclose(file) }
        var magic = [UInt8](repeating: 0, count: 4)
        guard fread(&magic, 1, 4, file) == 4, magic == [0x0e, 0x03, 0x13, 0x01] else { return }
        throw RasterError(
            .unreadable, path: path,
            problem: "is an HDF4 file, not netCDF: read its subdatasets as rasters, or convert it first")
    }

    /// HDF5 notices by itself that a file ends early; a classic file would read as zeros from there on.
    private static func refuseTruncated(_ path: String) throws(RasterError) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return }
        let needed: Int?
        do throws(ClassicHeader.Problem) {
            needed = try ClassicHeader(path: path)?.byteCountNeeded
        } catch {
            guard error == .endsEarly else { return }
            throw RasterError(
                .unreadable, path: path, problem: "is truncated: it ends within its header, copy it again")
        }
        guard let needed, facts.st_size < needed else { return }
        throw RasterError(
            .unreadable, path: path,
            problem: "is truncated: \(facts.st_size) of \(needed) bytes are there, copy it again")
    }

    /// The variables of a group, then those of the groups in it, with their paths.
    private static func header(
        of id: Int32, path: String, group: String = "", depth: Int = 0
    ) throws(RasterError) -> [StoredVariable] {
        func check(_ status: Int32) throws(RasterError) {
            if status != NC_NOERR { throw failure(status, path, .unreadable, cannot: "read the header") }
        }
        var count: Int32 = 0
        try check(nc_inq_nvars(id, &count))
        var variables: [StoredVariable] = []
        for number in 0..<count {
            var name = [CChar](repeating: 0, count: Int(NC_MAX_NAME) + 1)
            var type: nc_type = 0
            var rank: Int32 = 0
            try check(nc_inq_var(id, number, &name, &type, &rank, nil, nil))
            var dimensionIDs = [Int32](repeating: 0, count: max(Int(rank), 1))
            try check(nc_inq_vardimid(id, number, &dimensionIDs))
            var dimensions: [StoredDimension] = []
            for dimension in dimensionIDs.prefix(Int(rank)) {
                var dimensionName = [CChar](repeating: 0, count: Int(NC_MAX_NAME) + 1)
                var length = 0
                try check(nc_inq_dim(id, dimension, &dimensionName, &length))
                dimensions.append(StoredDimension(id: dimension, name: text(dimensionName), length: length))
            }
            variables.append(
                StoredVariable(
                    group: id, id: number, name: group + text(name), type: type, dimensions: dimensions))
        }
        guard depth < groupDepthMax else { return variables }
        var groupCount: Int32 = 0
        try check(nc_inq_grps(id, &groupCount, nil))
        var groups = [Int32](repeating: 0, count: Int(groupCount))
        if groupCount > 0 { try check(nc_inq_grps(id, nil, &groups)) }
        for inner in groups {
            var name = [CChar](repeating: 0, count: Int(NC_MAX_NAME) + 1)
            try check(nc_inq_grpname(inner, &name))
            variables += try header(
                of: inner, path: path, group: "\(group)\(text(name))/", depth: depth + 1)
        }
        return variables
    }

    private static let groupDepthMax = 8

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension NetCDFHandle {
    /// A text attribute of a variable; nil when there is none, or when it is a number.
    func text(_ attribute: String, of variable: StoredVariable) -> String? {
        HDF5Lock.withLock {
            var type: nc_type = 0
            var length = 0
            guard nc_inq_att(variable.group, variable.id, attribute, &type, &length) == NC_NOERR else {
                return nil
            }
            if type == NC_CHAR {
                var characters = [CChar](repeating: 0, count: length + 1)
                guard nc_get_att_text(variable.group, variable.id, attribute, &characters) == NC_NOERR else {
                    return nil
                }
                return NetCDFHandle.text(characters)
            }
            guard type == NC_STRING, length > 0 else { return nil }
            var texts = [UnsafeMutablePointer<CChar>?](repeating: nil, count: length)
            guard nc_get_att_string(variable.group, variable.id, attribute, &texts) == NC_NOERR else {
                return nil
            }
            defer { nc_free_string(length, &texts) }
            return texts[0].map { String(cString: $0) }
        }
    }

    /// The numbers of an attribute and their type; nil when there is none, or when it is a text.
    func numbers(_ attribute: String, of variable: StoredVariable) -> (values: [Double], type: nc_type)? {
        HDF5Lock.withLock {
            var type: nc_type = 0
            var length = 0
            guard nc_inq_att(variable.group, variable.id, attribute, &type, &length) == NC_NOERR, length > 0,
                type != NC_CHAR, type != NC_STRING
            else { return nil }
            var values = [Double](repeating: 0, count: length)
            guard nc_get_att_double(variable.group, variable.id, attribute, &values) == NC_NOERR else {
                return nil
            }
            return (values, type)
        }
    }

    func number(_ attribute: String, of variable: StoredVariable) -> Double? {
        numbers(attribute, of: variable)?.values[0]
    }

    /// All values of a coordinate variable, unpacked. Single precision is taken by its shortest decimal: 0.1,
    /// not 0.10000000149, which is what the writer meant.
    func coordinates(_ variable: StoredVariable) throws(RasterError) -> [Double] {
        let count = variable.dimensions.reduce(1) { $0 * $1.length }
        var values = [Double](repeating: 0, count: max(count, 1))
        try HDF5Lock.withLock { () throws(RasterError) in
            errno = 0
            try check(
                nc_get_var_double(variable.group, variable.id, &values),
                cannot: "read coordinate '\(variable.name)'")
        }
        if variable.type == NC_FLOAT { values = values.map { Double("\(Float($0))") ?? $0 } }
        let scale = number("scale_factor", of: variable) ?? 1
        let offset = number("add_offset", of: variable) ?? 0
        return Array(values.prefix(count)).map { scale == 1 && offset == 0 ? $0 : $0 * scale + offset }
    }
}
