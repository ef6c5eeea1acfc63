//! What a file is, by its content alone. What is not on the list is not taken: no page, no script, no
//! plain archive.

/// The kinds of files that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Pdf,
    Png,
    Jpeg,
    Webp,
    Docx,
    Xlsx,
}

/// The bytes of a zip's end record without its comment.
const END_RECORD: usize = 22;

/// The most bytes from the end in which the end record of a zip begins.
pub const TAIL: u64 = 65_557;

impl FileKind {
    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The endings of its names; the first is the usual one.
    #[must_use]
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Webp => &["webp"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
        }
    }
}

/// What a file is by its first bytes; office documents are zips and are told by [`of_directory`].
#[must_use]
pub fn of_head(head: &[u8]) -> Option<FileKind> {
    // `infer` finds a PDF mark anywhere in the first kilobyte, as lenient readers do; then the same
    // bytes could be a page as well. Here it has to stand at the beginning.
    if infer::archive::is_pdf(head) && head.starts_with(b"%PDF-") {
        Some(FileKind::Pdf)
    } else if infer::image::is_png(head) {
        Some(FileKind::Png)
    } else if infer::image::is_jpeg(head) {
        Some(FileKind::Jpeg)
    } else if infer::image::is_webp(head) && head.starts_with(b"RIFF") {
        Some(FileKind::Webp)
    } else {
        None
    }
}

/// Whether the first bytes are a zip's.
#[must_use]
pub fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04")
}

/// Where the directory of a zip lies (offset and length), by its last bytes.
#[must_use]
pub fn directory_place(tail: &[u8]) -> Option<(u64, u64)> {
    let last = tail.len().checked_sub(END_RECORD)?;
    let start = (0..=last)
        .rev()
        .find(|start| tail.get(*start..).is_some_and(|end| end.starts_with(b"PK\x05\x06")))?;
    let length = u32_at(tail, start + 12)?;
    let offset = u32_at(tail, start + 16)?;
    Some((offset.into(), length.into()))
}

/// What an office document is, by the directory of its zip. `infer` looks at the first few members
/// only and misses documents that other programs wrote in another order. One with macros is none.
#[must_use]
pub fn of_directory(directory: &[u8]) -> Option<FileKind> {
    let mut kind = None;
    let mut at = 0;
    while let Some(entry) = directory.get(at..).filter(|entry| entry.starts_with(b"PK\x01\x02")) {
        let name_length = usize::from(u16_at(entry, 28)?);
        let extra = usize::from(u16_at(entry, 30)?);
        let comment = usize::from(u16_at(entry, 32)?);
        let name = entry.get(46..46 + name_length)?;
        if name.ends_with(b"vbaProject.bin") {
            return None;
        }
        match name {
            b"word/document.xml" => kind = Some(FileKind::Docx),
            b"xl/workbook.xml" => kind = Some(FileKind::Xlsx),
            _ => {}
        }
        at += 46 + name_length + extra + comment;
    }
    kind
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// A file's name without what could harm whoever stores or sees it: no folders, no control or
/// direction marks, at most 200 characters, and an ending that fits the content.
#[must_use]
pub fn clean_name(name: &str, kind: FileKind) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = base.chars().filter(|c| !c.is_control() && !is_direction_mark(*c)).collect();
    let kept = kept.trim_matches(|c: char| c.is_whitespace() || c == '.');
    let kept = if kept.is_empty() { "file" } else { kept };
    let usual = kind.endings().first().copied().unwrap_or_default();
    let fits = kept.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty() && kind.endings().iter().any(|known| ending.eq_ignore_ascii_case(known))
    });
    // Of a name that is too long its ending stays.
    let (stem, ending) = match kept.rsplit_once('.').filter(|_| fits) {
        Some((stem, ending)) => (stem, ending),
        None => (kept, usual),
    };
    let stem: String = stem.chars().take(199 - ending.chars().count()).collect();
    format!("{stem}.{ending}")
}

/// Marks that turn the direction of text: with U+202E before it, `fdp.exe` is read as `exe.pdf`.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::{FileKind, clean_name, directory_place, of_directory, of_head};

    fn entry(name: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0_u8; 46];
        bytes[..4].copy_from_slice(b"PK\x01\x02");
        bytes[28..30].copy_from_slice(&u16::try_from(name.len()).unwrap_or_default().to_le_bytes());
        bytes.extend_from_slice(name);
        bytes
    }

    #[test]
    fn an_office_document_is_told_by_the_members_of_its_zip_in_any_order() {
        let zip =
            [entry(b"docProps/app.xml"), entry(b"[Content_Types].xml"), entry(b"xl/workbook.xml")].concat();
        assert_eq!(of_directory(&zip), Some(FileKind::Xlsx));
        assert_eq!(of_directory(&entry(b"word/document.xml")), Some(FileKind::Docx));
        assert_eq!(of_directory(&entry(b"word/other.xml")), None);
        let macros = [entry(b"word/document.xml"), entry(b"word/vbaProject.bin")].concat();
        assert_eq!(of_directory(&macros), None);
    }

    #[test]
    fn cut_and_hostile_zips_are_no_documents() {
        for n in 0..60 {
            assert_eq!(of_directory(&entry(b"word/document.xml")[..n]), None);
            assert_eq!(directory_place(&vec![b'P'; n]), None);
        }
    }

    #[test]
    fn a_page_with_a_pdf_mark_in_it_is_no_pdf() {
        assert_eq!(of_head(b"<html>%PDF-1.7"), None);
        assert_eq!(of_head(b"%PDF-1.7\n"), Some(FileKind::Pdf));
    }

    #[test]
    fn names_lose_folders_marks_and_wrong_endings() {
        assert_eq!(clean_name("../../etc/passwd", FileKind::Pdf), "passwd.pdf");
        assert_eq!(clean_name("C:\\a\\会议纪要.PDF", FileKind::Pdf), "会议纪要.PDF");
        assert_eq!(clean_name("\u{202E}fdp.exe", FileKind::Png), "fdp.exe.png");
        assert_eq!(clean_name(" .. ", FileKind::Jpeg), "file.jpg");
        assert_eq!(clean_name(&"长".repeat(300), FileKind::Docx).chars().count(), 200);
    }
}
