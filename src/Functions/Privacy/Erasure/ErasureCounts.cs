namespace Relais.Privacy.Erasure;

/// <summary>What an erasure removed or made anonymous. Counts only.</summary>
internal sealed record ErasureCounts
{
    public int Contacts { get; set; }

    public int Identities { get; set; }

    /// <summary>Emptied of text, media and address; state and times stay.</summary>
    public int Messages { get; set; }

    /// <summary>Of these: had not been sent, and will not be.</summary>
    public int CanceledMessages { get; set; }

    public int CampaignRecipients { get; set; }

    public int WebhookEvents { get; set; }

    public int ImportRows { get; set; }

    /// <summary>Lines of the consent ledger, kept as a hash.</summary>
    public int ConsentProofs { get; set; }

    /// <summary>Refusals that go on under a hash.</summary>
    public int Suppressions { get; set; }
}
