using System.Text;
using Evergrant.Jose;

namespace Evergrant.AspNetCore.Outbound;

/// <summary>Why a fetch brought nothing. Told to the operator; whoever caused the fetch learns only that it failed, and not sooner in one case than in another.</summary>
internal enum FetchFault
{
    /// <summary>It brought what was wanted.</summary>
    None,

    /// <summary>The URL is none that is fetched.</summary>
    UrlNotAllowed,

    /// <summary>The name is unknown, or it has an address that is not public.</summary>
    AddressNotAllowed,

    /// <summary>No connection, no TLS, or no HTTP.</summary>
    Unreachable,

    /// <summary>It took too long.</summary>
    TimedOut,

    /// <summary>The status is not 200; redirects are not followed.</summary>
    StatusNotOk,

    /// <summary>Something that was posted is not wanted: a status from 400 to 499 that another try will not change.</summary>
    Refused,

    /// <summary>Another media type, or an encoding that was not asked for.</summary>
    WrongType,

    /// <summary>Larger than this kind of document may be.</summary>
    TooLarge,

    /// <summary>Too many fetches are under way.</summary>
    Busy,
}

/// <summary>What a fetch brought.</summary>
/// <param name="Document">The document; null when there is none. It may be an older copy beside a fault.</param>
/// <param name="Fault">What went wrong at the last attempt.</param>
internal readonly record struct FetchOutcome(FetchedDocument? Document, FetchFault Fault);

/// <summary>A document as it came.</summary>
/// <param name="body">Its bytes.</param>
/// <param name="mediaType">Its media type without parameters, in lower case.</param>
/// <param name="maxAge">What its server says about how long it may be kept; null when it says nothing.</param>
internal sealed class FetchedDocument(byte[] body, string mediaType, TimeSpan? maxAge)
{
    private JwkSet? _keys;
    private bool _read;

    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> Body => body;

    /// <summary>Its media type.</summary>
    public string MediaType => mediaType;

    /// <summary>How long its server says that it may be kept; null when it says nothing.</summary>
    public TimeSpan? MaxAge => maxAge;

    /// <summary>Its text.</summary>
    public string Text => Encoding.UTF8.GetString(body);

    /// <summary>It as a key set, read once; null when it is none.</summary>
    public JwkSet? Keys
    {
        get
        {
            if (!_read)
            {
                _keys = JwkSet.TryParse(body, out JwkSet? set, out _) ? set : null;
                _read = true;
            }
            return _keys;
        }
    }
}
