//! The log's files: bounded in size and number, and never a reason for anything else to fail.
//!
//! Written by hand because the libraries that rotate by size tear lines apart or panic when their directory is gone.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// How large a file may become, in bytes.
const FILE: u64 = 16 * 1024 * 1024;
/// How many older files are kept beside the one that is written.
const OLDER: usize = 7;

/// The file that is written; those before it have a number behind the name, the higher the older.
pub(crate) fn file(data_dir: &Path) -> PathBuf {
    data_dir.join("logs").join("rez.log")
}

/// Every file there is, opened, the oldest first.
///
/// They are opened from the newest on: a file that is renamed meanwhile is met a second time under its next name, which its
/// number on the disk tells, and none is missed.
pub(crate) fn files(data_dir: &Path) -> io::Result<Vec<File>> {
    let newest = file(data_dir);
    let names = [newest.clone()]
        .into_iter()
        .chain((1..=OLDER).map(|number| older(&newest, number)));
    let mut found: Vec<File> = Vec::new();
    for name in names {
        let file = match File::open(&name) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(io::Error::new(error.kind(), format!("{}: {error}", name.display()))),
        };
        let number = number(&file)?;
        let mut numbers = found.iter().map(self::number);
        if numbers.all(|other| other.is_ok_and(|other| other != number)) {
            found.push(file);
        }
    }
    found.reverse();
    Ok(found)
}

/// What tells a file from all others on its disk, whatever its name. It is no other's as long as the file is open.
pub(crate) fn number(file: &File) -> io::Result<u64> {
    file.metadata().map(|metadata| metadata.ino())
}

fn older(file: &Path, number: usize) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

/// Writes lines, each in one call, into files that nobody else may read: they tell who sent what to whom, if not its text.
pub(super) struct LogFiles {
    path: PathBuf,
    file: File,
    size: u64,
    limit: u64,
}

impl LogFiles {
    /// The files of a data directory, which are created if need be.
    pub(super) fn open(data_dir: &Path) -> io::Result<Self> {
        Self::limited(data_dir, FILE)
    }

    fn limited(data_dir: &Path, limit: u64) -> io::Result<Self> {
        let path = file(data_dir);
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        let file = appending(&path)?;
        let size = file.metadata()?.len();
        Ok(Self {
            path,
            file,
            size,
            limit,
        })
    }

    /// Begins a new file. What cannot be renamed is overwritten by what comes later, and no older file grows for ever.
    fn rotate(&mut self) -> io::Result<()> {
        for number in (1..OLDER).rev() {
            let _ = std::fs::rename(older(&self.path, number), older(&self.path, number + 1));
        }
        std::fs::rename(&self.path, older(&self.path, 1))?;
        self.file = appending(&self.path)?;
        self.size = 0;
        Ok(())
    }
}

impl Write for LogFiles {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.size >= self.limit {
            self.rotate()?;
        }
        let written = self.file.write(line)?;
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn appending(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_bounded_in_size_and_number_and_no_line_is_torn() {
        let directory = tempfile::tempdir().unwrap();
        let mut log = LogFiles::limited(directory.path(), 20).unwrap();
        for number in 0..100 {
            log.write_all(format!("line {number:03}\n").as_bytes()).unwrap();
        }
        let files = files(directory.path()).unwrap();
        assert_eq!(files.len(), OLDER + 1);
        let texts: Vec<String> = files
            .into_iter()
            .map(|file| io::read_to_string(file).unwrap())
            .collect();
        assert!(
            texts.iter().all(|text| text.len() <= 27 && text.ends_with('\n')),
            "{texts:?}"
        );
        let expected: Vec<String> = (100 - texts.concat().lines().count()..100)
            .map(|n| format!("line {n:03}"))
            .collect();
        assert_eq!(texts.concat().lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn it_goes_on_in_the_file_of_the_process_before() {
        let directory = tempfile::tempdir().unwrap();
        for line in ["a\n", "b\n"] {
            LogFiles::open(directory.path())
                .unwrap()
                .write_all(line.as_bytes())
                .unwrap();
        }
        assert_eq!(std::fs::read_to_string(file(directory.path())).unwrap(), "a\nb\n");
    }

    #[test]
    fn a_directory_that_is_gone_is_an_error_and_no_end() {
        let directory = tempfile::tempdir().unwrap();
        let mut log = LogFiles::limited(directory.path(), 1).unwrap();
        log.write_all(b"a\n").unwrap();
        std::fs::remove_dir_all(directory.path()).unwrap();
        assert!(log.write_all(b"b\n").is_err());
    }
}
