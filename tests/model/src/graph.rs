// SPDX-License-Identifier: Apache-2.0
//! The whole graph of a model, for claims about runs.
//!
//! `stateright` judges `eventually` on runs without cycles only, and has no claim of the form "from
//! each state a run leads to …". Both need the graph.

use crate::{consortium::Consortium, model::Action, state::State};
use stateright::Model;
use std::{
    collections::{hash_map::DefaultHasher, HashMap, HashSet},
    hash::{Hash, Hasher},
    time::Instant,
};

/// A hash of a state, independent of the one that `stateright` uses.
fn fingerprint(state: &State) -> u64 {
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}

/// A run: states with the steps from them, and the state at the end.
#[derive(Clone, Debug)]
pub struct Route {
    /// The states, each with the step that leaves it.
    pub steps: Vec<(State, Action)>,
    /// The state at the end.
    pub last: State,
}

/// All states of a model that are reachable from some states, and the steps between them.
pub struct Graph<'a> {
    model: &'a Consortium,
    states: Vec<State>,
    /// Place of a state. A collision of fingerprints would stop the exploration.
    places: HashMap<u64, u32>,
    /// A state before each state on a shortest run. A start is before itself.
    before: Vec<u32>,
    /// Steps as (from, to, mark).
    edges: Vec<(u32, u32, u8)>,
}

impl<'a> Graph<'a> {
    /// Explores all states from `starts`. `mark` gives each step some bits for later questions.
    ///
    /// # Panics
    /// Panics if two states have one fingerprint, or if there are 2^32 states.
    pub fn explore(
        title: &str,
        model: &'a Consortium,
        starts: &[State],
        mark: impl Fn(&State, &Action) -> u8,
    ) -> Self {
        let started = Instant::now();
        let mut graph = Self {
            model,
            states: Vec::new(),
            places: HashMap::new(),
            before: Vec::new(),
            edges: Vec::new(),
        };
        for start in starts {
            let place = graph.states.len() as u32;
            graph.place_of(*start, place);
        }
        let mut actions = Vec::new();
        let mut from = 0;
        while let Some(state) = graph.states.get(from).copied() {
            actions.clear();
            model.actions(&state, &mut actions);
            for action in &actions {
                if let Some(next) = model.next_state(&state, *action) {
                    let to = graph.place_of(next, from as u32);
                    graph.edges.push((from as u32, to, mark(&state, action)));
                }
            }
            from += 1;
        }
        println!(
            "{title}: {} states, {} steps, {:.1} s",
            graph.states.len(),
            graph.edges.len(),
            started.elapsed().as_secs_f32()
        );
        graph
    }

    fn place_of(&mut self, state: State, before: u32) -> u32 {
        let new = self.states.len() as u32;
        let place = *self.places.entry(fingerprint(&state)).or_insert(new);
        if place == new {
            assert!(new < u32::MAX);
            self.states.push(state);
            self.before.push(before);
        } else {
            assert_eq!(self.states[place as usize], state, "fingerprints collide");
        }
        place
    }

    /// The states.
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// The largest value of a state.
    pub fn most(&self, value: impl Fn(&State) -> u8) -> u8 {
        self.states.iter().map(value).max().unwrap_or(0)
    }

    /// For each state, the steps that lead to it and pass `is_used`, as places of their origins.
    fn origins(&self, is_used: impl Fn(u32, u32, u8) -> bool) -> (Vec<u32>, Vec<u32>) {
        let mut ends = vec![0u32; self.states.len() + 1];
        for &(from, to, mark) in &self.edges {
            ends[to as usize] += u32::from(is_used(from, to, mark));
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        let mut origins = vec![0u32; sum as usize];
        let mut free = ends.clone();
        for &(from, to, mark) in &self.edges {
            if is_used(from, to, mark) {
                free[to as usize] -= 1;
                origins[free[to as usize] as usize] = from;
            }
        }
        // After this pass `free` has the begin of each state's part, and `ends` its end.
        (free, origins)
    }

    /// The states from which no run of steps with `mark` leads to `is_goal`: traps.
    ///
    /// Returns their number and a shortest run to one of them, if possible to one that `is_clear`
    /// to readers.
    pub fn trap(
        &self,
        mark: u8,
        is_goal: impl Fn(&State) -> bool,
        is_clear: impl Fn(&State) -> bool,
    ) -> (usize, Option<Route>) {
        let (begins, origins) = self.origins(|_, _, has| has & mark != 0);
        let mut reaches = vec![false; self.states.len()];
        let mut work = Vec::new();
        for (place, state) in self.states.iter().enumerate() {
            if is_goal(state) {
                reaches[place] = true;
                work.push(place);
            }
        }
        while let Some(place) = work.pop() {
            for &origin in &origins[begins[place] as usize..begins[place + 1] as usize] {
                if !std::mem::replace(&mut reaches[origin as usize], true) {
                    work.push(origin as usize);
                }
            }
        }
        let trapped: Vec<u32> = (0u32..)
            .zip(&reaches)
            .filter_map(|(place, reaches)| (!reaches).then_some(place))
            .collect();
        let is_shown = |place: &&u32| is_clear(&self.states[**place as usize]);
        let shown = trapped.iter().find(is_shown).or(trapped.first());
        (trapped.len(), shown.map(|place| self.route(*place)))
    }

    /// Number of steps of the longest run that avoids `is_goal`, over all starts and choices.
    ///
    /// # Errors
    /// A run that never reaches a goal: its last part is a cycle.
    pub fn longest_avoiding(&self, is_goal: impl Fn(&State) -> bool) -> Result<u32, Box<Route>> {
        let avoids: Vec<bool> = self.states.iter().map(|state| !is_goal(state)).collect();
        let (begins, origins) =
            self.origins(|from, to, _| avoids[from as usize] && avoids[to as usize]);
        let mut open = vec![0u32; self.states.len()];
        for &(from, to, _) in &self.edges {
            open[from as usize] += u32::from(avoids[from as usize] && avoids[to as usize]);
        }
        let mut height = vec![0u32; self.states.len()];
        let mut is_done = vec![false; self.states.len()];
        let is_ready = |place: &usize| avoids[*place] && open[*place] == 0;
        let mut work: Vec<usize> = (0..self.states.len()).filter(is_ready).collect();
        for &place in &work {
            height[place] = 1;
        }
        let mut longest = 0;
        while let Some(place) = work.pop() {
            is_done[place] = true;
            longest = longest.max(height[place]);
            for &origin in &origins[begins[place] as usize..begins[place + 1] as usize] {
                let origin = origin as usize;
                height[origin] = height[origin].max(height[place] + 1);
                open[origin] -= 1;
                if open[origin] == 0 {
                    work.push(origin);
                }
            }
        }
        let is_endless = |place: &usize| avoids[*place] && !is_done[*place];
        match (0..self.states.len()).find(is_endless) {
            None => Ok(longest),
            Some(place) => Err(Box::new(self.cycle(place, |place| is_endless(&place)))),
        }
    }

    /// A run to `place` and on through states that `is_endless`, until one returns.
    fn cycle(&self, place: usize, is_endless: impl Fn(usize) -> bool) -> Route {
        let mut route = self.route(place as u32);
        let mut seen = HashSet::new();
        while seen.insert(fingerprint(&route.last)) {
            let on = self.steps(&route.last).into_iter().find(|(_, next)| {
                let place = self.places.get(&fingerprint(next));
                place.is_some_and(|place| is_endless(*place as usize))
            });
            let Some((action, next)) = on else { break };
            let last = std::mem::replace(&mut route.last, next);
            route.steps.push((last, action));
        }
        route
    }

    fn steps(&self, state: &State) -> Vec<(Action, State)> {
        self.model.next_steps(state)
    }

    /// A shortest run from a start to a state.
    fn route(&self, place: u32) -> Route {
        let mut steps = Vec::new();
        let mut at = place;
        while self.before[at as usize] != at {
            let from = self.before[at as usize];
            let state = self.states[from as usize];
            let goal = self.states[at as usize];
            let step = self
                .steps(&state)
                .into_iter()
                .find(|(_, next)| *next == goal);
            steps.extend(step.map(|(action, _)| (state, action)));
            at = from;
        }
        steps.reverse();
        Route {
            steps,
            last: self.states[place as usize],
        }
    }
}
