namespace Relais.Consent;

internal enum Keyword
{
    None,
    Stop,
    Start,
    Confirm,
    Help,
}
