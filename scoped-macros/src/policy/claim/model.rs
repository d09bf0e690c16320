/// One step into the token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    Key(String),
    /// Some element of an array.
    Element,
    /// The key is this argument of the function around.
    Argument(usize),
    /// A key that only the run knows.
    Unknown,
}

/// As what a read leaves the JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// `->`: still JSON.
    Json,
    /// `->>`: the text of it; strings without their quotes.
    Text,
    /// `(.. -> ..)::text`: JSON as text, so that strings keep their quotes.
    JsonText,
}

/// What is done with what was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Use {
    /// As what it leaves the JSON.
    pub shape: Shape,
    /// The type it is cast to, such as `uuid`, with the common types' many names made one.
    pub cast: Option<String>,
    /// What is asked of it.
    pub test: Test,
}

/// What is asked of a claim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Test {
    /// Nothing that one can see.
    None,
    /// `IS NULL` and the like.
    Null,
    /// Equal to one of these: `=`, `IN`, `= ANY`.
    Equal(Vec<String>),
    /// Different from all of these.
    NotEqual(Vec<String>),
    /// `?`, `?|`, `?&`: has these elements or keys, if they are known.
    Has(Vec<String>),
    /// `@>`, with what stands on the other side, if it is known.
    Contains(Option<String>),
    /// `<@`, with what stands on the other side, if it is known.
    ContainedBy(Option<String>),
    /// Taken apart as an array.
    Elements,
    /// Taken apart as an object.
    Members,
    /// A path of SQL/JSON looks at it.
    JsonPath,
}

/// An expression that comes from the token, and how far it reaches in the code.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Where it was found; what is reported.
    pub(crate) root: usize,
    pub(crate) path: Vec<Step>,
    pub(crate) shape: Shape,
    pub(crate) cast: Option<String>,
    /// What `coalesce` puts in its place: comparing with that is no mistake.
    pub(crate) fallbacks: Vec<String>,
    /// The function that returned it.
    pub(crate) through: Option<String>,
    /// Whether it says something that was not reported yet.
    pub(crate) news: bool,
    /// Whether a text was parsed as JSON on the way.
    pub(crate) parsed: bool,
}

impl Value {
    pub(crate) fn new(start: usize, end: usize, path: Vec<Step>, shape: Shape) -> Self {
        Self {
            start,
            end,
            root: start,
            path,
            shape,
            cast: None,
            fallbacks: Vec::new(),
            through: None,
            news: true,
            parsed: false,
        }
    }

    pub(crate) fn step(&mut self, step: Step, shape: Shape) {
        self.path.push(step);
        self.shape = shape;
        self.cast = None;
        self.news = true;
    }

    /// `::name`.
    pub(crate) fn cast(&mut self, name: &str) {
        if self.cast.is_some() {
            return;
        }
        match name {
            "json" | "jsonb" => {
                self.parsed |= self.shape == Shape::Text;
                self.shape = Shape::Json;
            }
            "text" => {
                if self.shape == Shape::Json {
                    self.shape = Shape::JsonText;
                }
            }
            _ => {
                self.cast = Some(name.to_owned());
                self.news = true;
            }
        }
    }
}

/// A read of one expression, before it has an owner.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) root: usize,
    /// The root's place in the file.
    pub(crate) offset: u32,
    pub(crate) path: Vec<Step>,
    pub(crate) how: Use,
    pub(crate) through: Option<String>,
    pub(crate) parsed: bool,
}

/// What a value that leaves a function is.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Returned {
    pub(crate) parsed: bool,
    pub(crate) path: Vec<Step>,
    pub(crate) shape: Shape,
    pub(crate) cast: Option<String>,
}

/// What calls of a function read.
#[derive(Clone, PartialEq, Default, Debug)]
pub(crate) struct Helper {
    /// The names of its arguments, for calls that name them.
    pub(crate) arguments: Vec<String>,
    pub(crate) returns: Vec<Returned>,
    /// Reads inside that are the caller's: their key is an argument, or the function only says yes or no.
    pub(crate) inside: Vec<Inside>,
}

/// A read inside of a function.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Inside {
    pub(crate) path: Vec<Step>,
    pub(crate) how: Use,
    pub(crate) parsed: bool,
}

impl Helper {
    pub(crate) fn is_empty(&self) -> bool {
        self.returns.is_empty() && self.inside.is_empty()
    }
}

/// Something at one place that is worth a word, whatever the struct says.
#[derive(Clone, Debug)]
pub(crate) struct Remark {
    pub(crate) root: usize,
    /// The root's place in the file.
    pub(crate) offset: u32,
    pub(crate) kind: RemarkKind,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum RemarkKind {
    /// `auth.jwt()` outside of `(select ..)`.
    Unwrapped,
    /// `->> 'key'::type`.
    KeyCast { key: String, cast: String },
    /// The whole token goes somewhere.
    Whole,
    /// A key that only the run knows, below this path.
    UnknownKey(Vec<Step>),
    /// `jsonb_path_query` and its family.
    JsonPath(Vec<Step>),
}
