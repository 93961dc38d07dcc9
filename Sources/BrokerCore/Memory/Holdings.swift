/// Bytes of what is kept for others, counted where it comes and goes. [T-70]
///
/// A message counts once, however many wait for it: it is counted when it is made and when the last one lets go of it.
final class Holdings {
    @exclusivity(unchecked) var messages = 0
    @exclusivity(unchecked) var wills = 0
}
