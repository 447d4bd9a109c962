namespace Evergrant.Fire.History;

/// <summary>A way to explain everything up to here.</summary>
/// <param name="State">The state of the grant.</param>
/// <param name="Placed">The open operations that have taken effect, a bit for each slot.</param>
internal readonly record struct Configuration(ModelState State, UInt128 Placed);

/// <summary>A set of configurations without those that another makes superfluous.</summary>
internal sealed class Configurations
{
    private List<Configuration> _all = [];
    private readonly HashSet<Configuration> _set = [];

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        _all.Clear();
        _set.Clear();
    }

    /// <summary>Adds one, unless one is there with the same state and the same known operations that used no unknown operation which this one did not use.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="known">Slots whose operations have a known outcome.</param>
    public void Add(Configuration configuration, UInt128 known)
    {
        if (_all.Count == 0)
        {
            _all.Add(configuration);
            return;
        }
        if (_all.Count <= 64)
        {
            for (int i = 0; i < _all.Count; i++)
            {
                Configuration other = _all[i];
                if (other.State != configuration.State || (other.Placed & known) != (configuration.Placed & known)) continue;
                if ((other.Placed & ~configuration.Placed) == 0) return;
                if ((configuration.Placed & ~other.Placed) == 0)
                {
                    _all[i] = configuration;
                    return;
                }
            }
            _all.Add(configuration);
            return;
        }
        // Many: equal ones are found by hash, superfluous ones stay.
        if (_set.Count == 0) _set.UnionWith(_all);
        if (_set.Add(configuration)) _all.Add(configuration);
    }

    /// <summary>Gives the configurations away and takes a list to go on with.</summary>
    public List<Configuration> Take(List<Configuration> empty)
    {
        List<Configuration> taken = _all;
        empty.Clear();
        _all = empty;
        _set.Clear();
        return taken;
    }
}
