namespace Relais.Privacy.Erasure;

/// <summary>The numbers of rows that an erasure deleted or made anonymous.</summary>
internal sealed record ErasureCounts
{
    public int Contacts { get; set; }

    public int Identities { get; set; }

    /// <summary>Messages that lost text, media and address; status and times stay.</summary>
    public int Messages { get; set; }

    /// <summary>The messages among <see cref="Messages"/> that were cancelled because they were not sent yet.</summary>
    public int CanceledMessages { get; set; }

    public int CampaignRecipients { get; set; }

    public int WebhookEvents { get; set; }

    public int ImportRows { get; set; }

    /// <summary>Entries of the consent history, kept under a hash.</summary>
    public int ConsentProofs { get; set; }

    /// <summary>Opt-outs that stay in force under a hash.</summary>
    public int Suppressions { get; set; }
}
