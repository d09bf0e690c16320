//! Parses server-sent events, as the HTML standard defines them:
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>.
//!
//! The parser is our own because `eventsource-stream` has no limit for a line that never ends.

use std::time::Duration;

use bytes::{Buf, Bytes};
use serde::de::DeserializeOwned;

/// A server-sent event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The type of the event: the field `event`, or `message` without one.
    pub event: String,
    /// The lines of the field `data`, with a line feed between them.
    pub data: String,
    /// The last `id` that the stream has sent, if any.
    pub id: Option<String>,
}

impl Event {
    /// Deserialises the data from JSON.
    ///
    /// # Errors
    /// The error of the deserialiser. Its text may contain the data.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.data)
    }
}

/// The event has more bytes than the limit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct EventTooLarge;

/// The state of a stream between two of its parts.
#[derive(Debug)]
pub(super) struct EventParser {
    /// The greatest size of an event, and of a line, in bytes.
    limit: usize,
    /// The line that is being read.
    line: Vec<u8>,
    /// Whether the line is the first of the stream, which may begin with a byte order mark.
    is_first_line: bool,
    /// Whether the last byte was a carriage return, so that a line feed belongs to it.
    is_after_return: bool,
    event: String,
    /// `None` until the event has a field `data`.
    data: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
}

impl EventParser {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            line: Vec::new(),
            is_first_line: true,
            is_after_return: false,
            event: String::new(),
            data: None,
            id: None,
            retry: None,
        }
    }

    /// The reconnection time that the stream has sent last.
    pub(super) fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Reads up to the end of the next event, and leaves the bytes after it; `None` if they end before.
    pub(super) fn next(&mut self, bytes: &mut Bytes) -> Result<Option<Event>, EventTooLarge> {
        while !bytes.is_empty() {
            if std::mem::take(&mut self.is_after_return) && bytes[0] == b'\n' {
                bytes.advance(1);
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            self.extend_line(&bytes[..end.unwrap_or(bytes.len())])?;
            let Some(end) = end else {
                bytes.clear();
                break;
            };
            self.is_after_return = bytes[end] == b'\r';
            bytes.advance(end + 1);
            if let Some(event) = self.end_line() {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    fn extend_line(&mut self, part: &[u8]) -> Result<(), EventTooLarge> {
        let data = self.data.as_ref().map_or(0, String::len);
        if self.line.len() + data + part.len() > self.limit {
            return Err(EventTooLarge);
        }
        self.line.extend_from_slice(part);
        Ok(())
    }

    /// Reads the line, and returns the event if the line ends one.
    fn end_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&line);
        let mut text = &*text;
        if std::mem::take(&mut self.is_first_line) {
            text = text.strip_prefix('\u{feff}').unwrap_or(text);
        }
        if text.is_empty() {
            return self.end_event();
        }
        let (field, value) = text.split_once(':').unwrap_or((text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event),
            "data" => match &mut self.data {
                None => self.data = Some(value.to_owned()),
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
            },
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis);
            }
            // A comment, or a field that the standard does not name.
            _ => {}
        }
        None
    }

    /// An event without data is not one.
    fn end_event(&mut self) -> Option<Event> {
        let event = std::mem::take(&mut self.event);
        let data = self.data.take()?;
        Some(Event {
            event: if event.is_empty() {
                "message".to_owned()
            } else {
                event
            },
            data,
            id: self.id.clone().filter(|id| !id.is_empty()),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::{Bytes, Event, EventParser, EventTooLarge};

    /// Parses the stream in parts of this size.
    fn events(stream: &str, size: usize) -> Vec<Event> {
        let mut parser = EventParser::new(1024);
        let mut found = Vec::new();
        for part in stream.as_bytes().chunks(size) {
            let mut part = Bytes::copy_from_slice(part);
            while let Some(event) = parser.next(&mut part).unwrap() {
                found.push(event);
            }
            assert!(part.is_empty(), "what is left belongs to the next event");
        }
        found
    }

    fn event(event: &str, data: &str, id: Option<&str>) -> Event {
        Event {
            event: event.to_owned(),
            data: data.to_owned(),
            id: id.map(str::to_owned),
        }
    }

    #[test]
    fn the_parts_of_a_stream_may_end_anywhere() {
        let stream = "\u{feff}: comment\r\nid: 1\r\nevent: delta\rdata: {\"grüße\":\"🦀\"}\r\rdata\r\ndata:  b\n\n\
                      event: none\n\nid\ndata:c\nretry: 250\nunknown: x\n\ndata: never ended";
        let expected = [
            event("delta", "{\"grüße\":\"🦀\"}", Some("1")),
            event("message", "\n b", Some("1")),
            event("message", "c", None),
        ];
        for size in 1..=stream.len() {
            assert_eq!(events(stream, size), expected, "parts of {size} bytes");
        }
    }

    #[test]
    fn an_empty_field_of_data_is_an_event_and_no_field_is_none() {
        assert_eq!(events("data\n\n", 1), [event("message", "", None)]);
        assert_eq!(events("event: x\n\n\n\n:\n\n", 1), []);
        assert_eq!(events("id: a\0b\ndata: x\n\n", 3)[0].id, None);
    }

    #[test]
    fn lines_and_events_have_a_limit_and_comments_between_events_have_none() {
        let next =
            |text: &'static str| EventParser::new(8).next(&mut Bytes::from_static(text.as_bytes()));
        assert_eq!(next("12345678"), Ok(None));
        assert_eq!(next("123456789"), Err(EventTooLarge));
        assert_eq!(next("data:12\ndata:34\ndata:5"), Err(EventTooLarge));
        let comments = ":comment\n\n".repeat(100);
        let mut parser = EventParser::new(8);
        assert_eq!(parser.next(&mut Bytes::from(comments)), Ok(None));
    }
}
