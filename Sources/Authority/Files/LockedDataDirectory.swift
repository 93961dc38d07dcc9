import Glibc

/// A data directory that this process alone may change now.
package struct LockedDataDirectory {
    package let directory: DataDirectory

    /// Puts `bytes` in the place of a file at once: whoever looks sees the old or the new content, also after a crash.
    package func replace(_ name: String, with bytes: some Sequence<UInt8>) throws(AuthorityError) {
        let final = directory.path(of: name)
        let fresh = final + ".new"
        try File.write(Array(bytes), to: fresh)
        guard rename(fresh, final) == 0 else {
            throw AuthorityError("\(final) cannot be replaced: \(File.reason())")
        }
        try File.sync(directory: directory.path)
    }

    /// Makes a directory of secrets appear at once, with all of `files` in it.
    package func makeDirectory(_ name: String, holding files: [(name: String, bytes: [UInt8])]) throws(AuthorityError) {
        let final = directory.path(of: name)
        let fresh = final + ".new"
        guard mkdir(fresh, 0o700) == 0 || errno == EEXIST else {
            throw AuthorityError("\(fresh) cannot be made: \(File.reason())")
        }
        for file in files { try File.write(file.bytes, to: fresh + "/" + file.name) }
        try File.sync(directory: fresh)
        guard rename(fresh, final) == 0 else {
            throw AuthorityError("\(final) cannot be made: \(File.reason())")
        }
        try File.sync(directory: directory.path)
    }
}
