namespace Relais.Consent;

/// <summary>The consent keyword of a message.</summary>
/// <param name="Source"><c>provider</c> when the provider recognised the keyword, <c>keyword</c> when Relais did.</param>
internal readonly record struct ConsentIntent(Keyword Keyword, string Source);
