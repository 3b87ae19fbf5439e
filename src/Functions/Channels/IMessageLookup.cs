namespace Relais.Channels;

/// <summary>A message as the provider lists it.</summary>
internal sealed record ListedMessage(string Sid, string Status, string? ErrorCode, DateTimeOffset CreatedAt, string? Body)
{
    /// <summary>The provider has no such message any more.</summary>
    public const string NotFound = "gone";
}

/// <summary>The edge that answers "did you get it?" about an attempt whose answer was lost.</summary>
internal interface IMessageLookup
{
    /// <returns>
    /// Everything that was sent from the sender to that address since <paramref name="since"/>, newest first; older ones may follow. Null when no
    /// trustworthy answer came, or so many messages that the list cannot be read to its end.
    /// </returns>
    Task<IReadOnlyList<ListedMessage>?> ListAsync(SenderConnection sender, string contactAddress, DateTimeOffset since, CancellationToken ct);

    /// <returns>The message of that SID as it stands; null when no trustworthy answer came.</returns>
    Task<ListedMessage?> FetchAsync(SenderConnection sender, string sid, CancellationToken ct);
}
