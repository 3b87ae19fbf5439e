using Azure.Core;

namespace Azure.Storage.Queues;

public enum QueueMessageEncoding
{
    None,
    Base64,
}

public class QueueClientOptions : ClientOptions
{
    public QueueClientOptions(ServiceVersion version = ServiceVersion.V2021_12_02) => Version = version;

    public enum ServiceVersion
    {
        V2021_12_02 = 13,
    }

    public ServiceVersion Version { get; }

    /// <summary>How message bodies travel. The Functions host and extensions use Base64 unless told otherwise.</summary>
    public QueueMessageEncoding MessageEncoding { get; set; } = QueueMessageEncoding.None;

    internal TimeProvider Time { get; set; } = TimeProvider.System;

    internal HttpMessageHandler? Transport { get; set; }
}
